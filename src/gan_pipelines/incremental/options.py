"""Options of one run, passed from the command line to the session."""

import os
from contextvars import ContextVar
from dataclasses import dataclass

LOGGER = "kedro.incremental"
"""Below ``kedro``, because Kedro's default logging shows no records of other packages."""


@dataclass(frozen=True)
class Options:
    """Whether all nodes run unconditionally, or the names of those that do."""

    force: bool = False
    force_nodes: tuple[str, ...] = ()


OPTIONS: ContextVar[Options] = ContextVar("OPTIONS", default=Options())  # noqa: B039  frozen


def is_switched_off() -> bool:
    """Whether the environment disables incremental runs."""
    return os.environ.get("GAN_PIPELINES_INCREMENTAL") == "0"
