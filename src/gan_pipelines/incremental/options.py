"""What a user asks of one run, on its way from the command line to the session."""

import os
from contextvars import ContextVar
from dataclasses import dataclass

LOGGER = "kedro.incremental"
"""Kedro's default logging shows what its own loggers report, and not those of other packages."""


@dataclass(frozen=True)
class Options:
    """Whether all nodes run, and the names of those that run in any case."""

    force: bool = False
    force_nodes: tuple[str, ...] = ()


OPTIONS: ContextVar[Options] = ContextVar("OPTIONS", default=Options())  # noqa: B039  frozen


def is_switched_off() -> bool:
    """Whether the environment asks for Kedro as it is."""
    return os.environ.get("GAN_PIPELINES_INCREMENTAL") == "0"
