"""Kedro's ``run``, which tells a user's mistake in a message instead of a traceback, and the project's own commands."""

import errno
import json
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import kedro
from kedro import KedroDeprecationWarning
from kedro.config import MissingConfigException
from kedro.framework.cli.utils import CONTEXT_SETTINGS, KedroCliError
from kedro.framework.project import settings
from kedro.io import DatasetError
from kedro.utils import find_kedro_project
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console

from gan_pipelines.backend_choice import choose_backend
from gan_pipelines.configuration import ConfigurationLoader
from gan_pipelines.devices_report import as_tables, as_text, describe_devices
from gan_pipelines.errors import LostProcessError, StoppedBySignalError, UserError
from gan_pipelines.incremental.cli import cache, printing_to_stderr
from gan_pipelines.incremental.cli import run as incremental_run

_FULL = {errno.ENOSPC, errno.EDQUOT}
"""A disk without room, or one on which the user has used up theirs."""


class _RunCommand(click.Command):
    """Runs pipelines; without ``--verbose``, only bugs show their traceback."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # noqa: ANN401 - click's signature
        try:
            return super().make_context(*arguments, **options)
        except KedroCliError as error:  # shows itself as "NoneType: None" under click 8.5
            raise click.ClickException(error.message) from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        is_verbose = ctx.params.pop("verbose")
        warnings.filterwarnings("ignore", "Option '--pipeline' is deprecated", KedroDeprecationWarning)
        try:
            with _nothing_told_twice():
                choose_backend()
                _check_configuration(ctx.params["conf_source"], ctx.params["env"])
                return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            ending = _ending(error)
            if ending is None:
                raise
            if is_verbose:
                traceback.print_exc()
            message, exit_code = ending
            click.echo(message, err=True)
            if any(isinstance(cause, LostProcessError) for cause in _causes(error)):
                _leave_at_once(exit_code)
            raise click.exceptions.Exit(exit_code) from error


class _CacheGroup(click.Group):
    """The commands of incremental runs; a mistake in the project's files shows no traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


@click.group(name="kedro", context_settings=CONTEXT_SETTINGS)
def cli() -> None:
    """Commands of this project, beside Kedro's own."""


run = _RunCommand(
    name="run",
    help=incremental_run.help,
    callback=incremental_run.callback,
    params=[
        *incremental_run.params,
        click.Option(["--verbose", "-v"], is_flag=True, help="Show tracebacks of all errors."),
    ],
    context_settings=CONTEXT_SETTINGS,
)
cli.add_command(run)
cli.add_command(_CacheGroup(cache.name, cache.commands, help=cache.help))


@cli.group()
def gan() -> None:
    """Tells what trainings meet on this machine."""


@gan.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def devices(as_json: bool) -> None:
    """Tells what a training would run on: backend, devices, precision, cluster."""
    try:
        with printing_to_stderr():
            report = describe_devices(choose_backend())
    except UserError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    elif sys.stdout.isatty():
        Console(highlight=False).print(*as_tables(report), sep="\n")
    else:
        click.echo(as_text(report))


def _leave_at_once(exit_code: int) -> None:
    """Ends the process without the backend's farewell, which would wait for a process that is no more, and crash."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _ending(error: BaseException | None) -> tuple[str, int] | None:
    """Returns the last words and the exit code for an error that is no bug; None for a bug."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped by Ctrl-C.", 128 + signal.SIGINT
    if isinstance(error, click.ClickException):
        return f"Error: {error.message}", 1
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, StoppedBySignalError):
            return str(cause), 128 + cause.signal_number
        if isinstance(cause, UserError):
            return f"Error: {cause}", 1
    told = _what_is_full(causes) or _kedros_answer(causes)
    return (f"Error: {told}", 1) if told else None


def _what_is_full(causes: list[BaseException]) -> str | None:
    """Tells of a write for which there was no room where no dataset tells of it: of a lock, a log, a temporary file."""
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            reason = f"{cause.filename or 'A file'} cannot be written: {cause.strerror}"
            return f"{reason}. Make room on the disk, then run the same command again."
    return None


def _kedros_answer(causes: list[BaseException]) -> str | None:
    """Returns what Kedro says, if it found something wanting."""
    if causes and _is_kedros_answer(causes[0], causes[-1]):
        return f"{causes[0]}\nRun again with --verbose to see where this comes from."
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _is_kedros_answer(error: BaseException, first_cause: BaseException) -> bool:
    """Whether Kedro found an option, the configuration or a file of the catalog wanting, and no code failed."""
    if isinstance(error, DatasetError) and isinstance(first_cause, OSError):
        return True
    if not isinstance(error, ValueError | DatasetError | MissingConfigException | OmegaConfBaseException):
        return False
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(first_cause.__traceback__)]
    return bool(modules) and modules[-1].startswith(("kedro.", "omegaconf."))


@contextmanager
def _nothing_told_twice() -> Iterator[None]:
    """Keeps Kedro from logging an error that the command tells in the end, with advice of its own."""
    kedros_files = str(Path(kedro.__file__).parent)

    def is_news(record: logging.LogRecord) -> bool:
        return not (record.pathname.startswith(kedros_files) and _ending(sys.exc_info()[1]))

    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(is_news)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(is_news)


def _check_configuration(conf_source: str | None, env: str | None) -> None:
    """Reads every configuration file, unless the project's own loader guards what it reads.

    Raises:
        UserError: There is no such environment, or a file is no YAML, holds code, or grows beyond measure.
    """
    if issubclass(settings.CONFIG_LOADER_CLASS, ConfigurationLoader):
        return
    source = conf_source or str((find_kedro_project(Path.cwd()) or Path.cwd()) / settings.CONF_SOURCE)
    environment = env or os.environ.get("KEDRO_ENV")
    ConfigurationLoader(source, env=environment, **settings.CONFIG_LOADER_ARGS).check()
