"""Kedro's ``run`` with user errors shown as messages instead of tracebacks, and the commands of the project."""

import errno
import json
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import kedro
from kedro import KedroDeprecationWarning
from kedro.config import MissingConfigException
from kedro.framework.cli.utils import CONTEXT_SETTINGS, KedroCliError, env_option
from kedro.framework.project import settings
from kedro.io import DatasetError
from kedro.utils import find_kedro_project
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console

from gan_pipelines.backend_choice import choose_backend
from gan_pipelines.caption_words import words_of
from gan_pipelines.configuration import ConfigurationLoader
from gan_pipelines.devices_report import as_tables, as_text, describe_devices
from gan_pipelines.errors import LostProcessError, StoppedBySignalError, UserError
from gan_pipelines.incremental.cli import cache, printing_to_stderr
from gan_pipelines.incremental.cli import run as incremental_run
from gan_pipelines.models.declarations import MODELS
from gan_pipelines.picture_file import write_picture
from gan_pipelines.translation import Direction, check_translator, translate_pictures, translations_of

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
"""Disk full, or quota of the user exceeded."""


class _RunCommand(click.Command):
    """Runs pipelines; without ``--verbose``, user errors are shown without a traceback."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # noqa: ANN401 - click's signature
        try:
            return super().make_context(*arguments, **options)
        except KedroCliError as error:  # printed as "NoneType: None" by click 8.5
            raise click.ClickException(error.message) from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        is_verbose = ctx.params.pop("verbose")
        warnings.filterwarnings("ignore", "Option '--pipeline' is deprecated", KedroDeprecationWarning)
        try:
            with _errors_printed_once():
                choose_backend()
                _check_configuration(ctx.params["conf_source"], ctx.params["env"])
                return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            outcome = _message_and_exit_code(error)
            if outcome is None:
                raise
            if is_verbose:
                traceback.print_exc()
            message, exit_code = outcome
            click.echo(message, err=True)
            if any(isinstance(cause, LostProcessError) for cause in _causes(error)):
                _exit_immediately(exit_code)
            raise click.exceptions.Exit(exit_code) from error


class _CacheGroup(click.Group):
    """Commands of incremental runs; user errors are shown without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


@click.group(name="kedro", context_settings=CONTEXT_SETTINGS)
def cli() -> None:
    """Commands of this project, in addition to those of Kedro."""


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
    """Draw captions and translate pictures of your own; inspect the training environment of this machine."""


@gan.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def devices(as_json: bool) -> None:
    """Report what training would use: backend, devices, precision, cluster."""
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


@gan.command()
@click.argument("pipeline")
@click.argument("pictures", type=click.Path(path_type=Path))
@click.option("--direction", type=click.Choice(["a_to_b", "b_to_a"]), default="a_to_b", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder of the translations.")
@env_option
def translate(pipeline: str, pictures: Path, direction: Direction, output: Path, env: str | None) -> None:
    """Translate PICTURES, a picture or a folder, by the newest generator of PIPELINE.

    Translations are PNG files with the same relative names. A picture that cannot be read is named, and the exit code
    is 1.
    """
    with _errors_as_messages():
        check_translator(pipeline, direction)
        translations = translations_of(pictures, output)
        choose_backend()
        (generator,) = _load(pipeline, ["generator" + ("_b_to_a" if direction == "b_to_a" else "")], env)
        skipped = translate_pictures(generator, translations)
    click.echo(f"Translated {len(translations) - len(skipped)} of {len(translations)} pictures to {output}.")
    for problem in skipped:
        click.echo(f"Skipped {problem.file}: {problem.reason}", err=True)
    if skipped:
        raise click.exceptions.Exit(1)


@gan.command()
@click.argument("pipeline")
@click.argument("captions", nargs=-1, required=True)
@click.option("--images", type=click.IntRange(1, 20), default=4, show_default=True, help="Pictures of each caption.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), default="captions.png", show_default=True)
@env_option
def draw(pipeline: str, captions: tuple[str, ...], images: int, seed: int, output: Path, env: str | None) -> None:
    """Draw pictures of CAPTIONS by the newest generator of PIPELINE, into one PNG file.

    Words that no training caption has are named: they change nothing in a picture.
    """
    from gan_pipelines.pipelines.captions.nodes import draw_texts

    with _errors_as_messages():
        _check_draws(pipeline, captions)
        choose_backend()
        generator, text_encoder, vocabulary = _load(pipeline, ["generator", "text_encoder", "vocabulary"], env)
        picture, unknown = draw_texts(generator, text_encoder, vocabulary, captions, images, seed)
        write_picture(output, picture)
    click.echo(f"Drew {len(captions)} captions, {images} pictures each, to {output}.")
    if unknown:
        click.echo(f"No training caption has these words, so pictures do not show them: {', '.join(unknown)}", err=True)


def _check_draws(pipeline: str, captions: Sequence[str]) -> None:
    drawing = [name for name, model in MODELS.items() if model.kind.data == "captions"]
    if pipeline not in drawing:
        raise UserError(f"The pipeline `{pipeline}` does not draw captions; those that do: {', '.join(drawing)}.")
    if empty := [caption for caption in captions if not words_of(caption)]:
        raise UserError(f"The caption {empty[0]!r} has no word of letters or digits. Write what the picture shows.")


def _load(pipeline: str, names: Sequence[str], env: str | None) -> list[Any]:
    """Returns the newest versions of these artifacts of a pipeline.

    Raises:
        UserError: If the pipeline has not made one in this environment.
    """
    _check_configuration(None, env)
    with settings.SESSION_CLASS.create(env=env) as session:
        catalog = session.load_context().catalog
    for name in names:
        if not catalog.exists(f"{pipeline}.{name}"):
            command = f"kedro run --pipeline={pipeline}" + (f" --env={env}" if env else "")
            raise UserError(f"There is no {pipeline}.{name} yet. Train it first: {command}")
    return [catalog.load(f"{pipeline}.{name}") for name in names]


@contextmanager
def _errors_as_messages() -> Iterator[None]:
    """Shows user errors and interruptions without a traceback."""
    try:
        with _errors_printed_once():
            yield
    except (Exception, KeyboardInterrupt) as error:
        outcome = _message_and_exit_code(error)
        if outcome is None:
            raise
        message, exit_code = outcome
        click.echo(message, err=True)
        raise click.exceptions.Exit(exit_code) from error


def _exit_immediately(exit_code: int) -> None:
    """Exits without the backend's shutdown, which would wait for the lost process and crash."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


def _message_and_exit_code(error: BaseException | None) -> tuple[str, int] | None:
    """Returns the message and the exit code of a user error or an interruption; None for a bug."""
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
    message = _disk_full_message(causes) or _kedro_message(causes)
    return (f"Error: {message}", 1) if message else None


def _disk_full_message(causes: list[BaseException]) -> str | None:
    """Returns the message for a full disk; covers files outside datasets, such as locks, logs and temporary files."""
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _DISK_FULL:
            reason = f"{cause.filename or 'A file'} cannot be written: {cause.strerror}"
            return f"{reason}. Free disk space, then run the same command again."
    return None


def _kedro_message(causes: list[BaseException]) -> str | None:
    """Returns Kedro's message, if it rejected an option, the configuration or a catalog file."""
    if causes and _is_kedro_user_error(causes[0], causes[-1]):
        return f"{causes[0]}\nRun again with --verbose to see the traceback."
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _is_kedro_user_error(error: BaseException, first_cause: BaseException) -> bool:
    """Returns whether Kedro rejected an option, the configuration or a catalog file, and no other code failed."""
    if isinstance(error, DatasetError) and isinstance(first_cause, OSError):
        return True
    if not isinstance(error, ValueError | DatasetError | MissingConfigException | OmegaConfBaseException):
        return False
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(first_cause.__traceback__)]
    return bool(modules) and modules[-1].startswith(("kedro.", "omegaconf."))


@contextmanager
def _errors_printed_once() -> Iterator[None]:
    """Drops Kedro's log records of an error that the command prints itself."""
    kedro_folder = str(Path(kedro.__file__).parent)

    def is_not_duplicate(record: logging.LogRecord) -> bool:
        return not (record.pathname.startswith(kedro_folder) and _message_and_exit_code(sys.exc_info()[1]))

    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(is_not_duplicate)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(is_not_duplicate)


def _check_configuration(conf_source: str | None, env: str | None) -> None:
    """Reads every configuration file, unless the loader in the settings is a `ConfigurationLoader`.

    Raises:
        UserError: If the environment does not exist, or a file is not YAML, contains code or has too many values.
    """
    if issubclass(settings.CONFIG_LOADER_CLASS, ConfigurationLoader):
        return
    source = conf_source or str((find_kedro_project(Path.cwd()) or Path.cwd()) / settings.CONF_SOURCE)
    environment = env or os.environ.get("KEDRO_ENV")
    ConfigurationLoader(source, env=environment, **settings.CONFIG_LOADER_ARGS).check()
