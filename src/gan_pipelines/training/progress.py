"""Training progress: a bar on a terminal, log lines otherwise."""

import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LINES = 10.0


class Report(Protocol):
    """Callback that displays the progress."""

    def __call__(self, step: int, logs: Mapping[str, float], examples_per_second: float) -> None:
        """Displays the progress.

        Args:
            step: Number of completed steps.
            logs: Losses and metrics by name, averaged over the last steps.
            examples_per_second: Real examples per second in the last steps.
        """


@contextmanager
def progress(title: str, total_steps: int, first_step: int) -> Iterator[Report]:
    """Displays the progress of a training within the context."""
    if sys.stderr.isatty():
        with _bar(title, total_steps, first_step) as report:
            yield report
    else:
        yield _Lines(title, total_steps, first_step)


@contextmanager
def _bar(title: str, total_steps: int, first_step: int) -> Iterator[Report]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:,.0f} of {task.total:,.0f}  {task.fields[metrics]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total_steps, completed=first_step, metrics="compiling")

        def report(step: int, logs: Mapping[str, float], examples_per_second: float) -> None:
            bar.update(task, completed=step, metrics=_metrics(logs, examples_per_second))

        yield report


class _Lines:
    """Writes a log line every few seconds, and one at the end."""

    def __init__(self, title: str, total_steps: int, first_step: int) -> None:
        self._title = title
        self._total_steps = total_steps
        self._first_step = first_step
        self._start = self._last_line = time.monotonic()
        logger.info("%s: step %s of %s, compiling", title, f"{first_step:,}", f"{total_steps:,}")

    def __call__(self, step: int, logs: Mapping[str, float], examples_per_second: float) -> None:
        now = time.monotonic()
        if now - self._last_line < _SECONDS_BETWEEN_LINES and step < self._total_steps:
            return
        self._last_line = now
        left = (now - self._start) / max(step - self._first_step, 1) * (self._total_steps - step)
        logger.info(
            "%s: step %s of %s, %s, %d:%02d left",
            self._title,
            f"{step:,}",
            f"{self._total_steps:,}",
            _metrics(logs, examples_per_second),
            *divmod(round(left), 60),
        )


def _metrics(logs: Mapping[str, float], examples_per_second: float) -> str:
    numbers = [f"{name.replace('_', ' ')} {value:.3f}" for name, value in logs.items()]
    return ", ".join([*numbers, f"{examples_per_second:,.0f} examples/s"])
