"""What a user asks of one run, on its way from the command line to the session."""

import os
from contextvars import ContextVar
from dataclasses import dataclass

LOGGER = "kedro.incremental"
"""Kedro's default logging shows what its own loggers tell, and not those of other packages."""

SWITCH = "GAN_PIPELINES_INCREMENTAL"
SHARED_STORE = "GAN_PIPELINES_INCREMENTAL_STORE"


@dataclass(frozen=True)
class Options:
    """What a run is asked for beyond Kedro's options.

    Args:
        force: All nodes run.
        force_nodes: Nodes of these names run.
        plan: No node runs; what would happen is told.
    """

    force: bool = False
    force_nodes: tuple[str, ...] = ()
    plan: bool = False


OPTIONS: ContextVar[Options] = ContextVar("OPTIONS", default=Options())  # noqa: B039  frozen


def is_switched_off() -> bool:
    """Whether the environment asks for Kedro as it is."""
    return os.environ.get(SWITCH) == "0"
