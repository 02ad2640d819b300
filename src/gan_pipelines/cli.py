"""Kedro's ``run``, which tells a user's mistake in a message instead of a traceback, and the project's own commands."""

import json
import logging
import math
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
import yaml  # type: ignore[import-untyped]
from kedro import KedroDeprecationWarning
from kedro.config import MissingConfigException
from kedro.framework.cli.utils import CONTEXT_SETTINGS, KedroCliError
from kedro.framework.project import settings
from kedro.io import DatasetError
from kedro.utils import find_kedro_project
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console

from gan_pipelines.backend_choice import choose_backend
from gan_pipelines.devices_report import as_tables, as_text, describe_devices
from gan_pipelines.errors import LostProcessError, StoppedBySignalError, UserError
from gan_pipelines.incremental.cli import cache
from gan_pipelines.incremental.cli import run as incremental_run

_LARGEST_CONFIGURATION = 10_000
"""Values in one file, aliases followed; nested aliases could ask for billions in a few lines."""


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
cli.add_command(cache)


@cli.group()
def gan() -> None:
    """Tells what trainings meet on this machine."""


@gan.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def devices(as_json: bool) -> None:
    """Tells what a training would run on: backend, devices, precision, cluster."""
    try:
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
    if causes and _is_kedros_answer(causes[0], causes[-1]):
        return f"Error: {error}\nRun again with --verbose to see where this comes from.", 1
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
    """Reads every configuration file once, because Kedro's errors do not name the file.

    Raises:
        UserError: There is no such environment, or a file is no YAML, holds code, or grows beyond measure.
    """
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    source = Path(conf_source or project / settings.CONF_SOURCE)
    if not source.is_dir():
        return  # an archive or an address
    base = settings.CONFIG_LOADER_ARGS["base_env"]
    environment = env or os.environ.get("KEDRO_ENV") or settings.CONFIG_LOADER_ARGS["default_run_env"]
    for folder in (source / base, source / environment):
        if not folder.is_dir():
            known = sorted(path.name for path in source.iterdir() if path.is_dir())
            raise UserError(f"There is no environment `{folder.name}` in {source}; allowed: {', '.join(known)}.")
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".yml", ".yaml", ".json"} and path.is_file():
                _check_file(path)


def _check_file(path: Path) -> None:
    try:
        with path.open(encoding="utf8") as file:
            size = _expanded_size(yaml.compose(file, yaml.SafeLoader), {})
        if size > _LARGEST_CONFIGURATION:
            raise UserError(f"{path} holds more than {_LARGEST_CONFIGURATION} values, or its aliases form a circle.")
        content = OmegaConf.load(path)
    except (yaml.YAMLError, OmegaConfBaseException, UnicodeDecodeError, OSError, RecursionError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, DictConfig):
        raise UserError(f"{path} holds a list, but must hold names, each with a colon and a value.")


def _expanded_size(node: yaml.Node | None, known_sizes: dict[int, float]) -> float:
    """Counts the values below a YAML node as if each alias were written out; infinite where one contains itself."""
    if id(node) not in known_sizes:
        known_sizes[id(node)] = math.inf
        below = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for entry in below for part in (entry if isinstance(entry, tuple) else (entry,)))
        known_sizes[id(node)] = 1 + sum(_expanded_size(part, known_sizes) for part in parts)
    return known_sizes[id(node)]
