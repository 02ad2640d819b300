"""Kedro's ``run`` with the options of incremental runs, and the ``cache`` commands.

A project's ``cli.py`` takes both by ``from gan_pipelines.incremental.project_files import source_roots
from gan_pipelines.incremental.cli import cli, run``.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import (
    CONF_SOURCE_HELP,
    LOAD_VERSION_HELP,
    PARAMS_ARG_HELP,
    PIPELINE_ARG_HELP,
)
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import CONTEXT_SETTINGS, _split_load_versions, _split_params, env_option
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.files import write_json
from gan_pipelines.incremental.housekeeping import collect, verify
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.options import OPTIONS, Options
from gan_pipelines.incremental.planning import PlanningRunner, explain, plan_as_json, plan_as_text
from gan_pipelines.incremental.project_files import source_roots
from gan_pipelines.incremental.workplace import open_store

_OPTIONS = [
    click.Option(["--force"], is_flag=True, help="Run every node, whatever is remembered."),
    click.Option(["--force-nodes"], default="", help="Run these nodes in any case, separated by commas."),
    click.Option(["--plan"], is_flag=True, help="Tell what would run and why; run nothing, write nothing."),
    click.Option(["--json", "as_json"], is_flag=True, help="With --plan: as JSON."),
]


def run_incrementally(force: bool, force_nodes: str, plan: bool, as_json: bool, **options: Any) -> Any:  # noqa: ANN401
    """Runs a pipeline as Kedro does, with what was asked for beyond Kedro's own options.

    Args:
        force: All nodes run.
        force_nodes: Names of nodes that run, separated by commas.
        plan: Only tell what would run.
        as_json: Tell it as JSON.
        options: Kedro's.
    """
    names = tuple(name.strip() for name in force_nodes.split(",") if name.strip())
    with _errors_as_messages():
        if plan:
            with _quiet():
                planner = _plan(Options(force, names, plan=True), options)
            _print(plan_as_json(planner.verdicts) if as_json else plan_as_text(planner.verdicts))
            return {}
        token = OPTIONS.set(Options(force, names))
        try:
            return kedro_run.callback(**options)
        finally:
            OPTIONS.reset(token)


@click.group(name="kedro", context_settings=CONTEXT_SETTINGS)
def cli() -> None:
    """Commands of incremental runs."""


run = click.Command(
    "run",
    help=kedro_run.help,
    callback=run_incrementally,
    params=[*kedro_run.params, *_OPTIONS],
    context_settings=CONTEXT_SETTINGS,
)
cli.add_command(run)


@cli.group()
def cache() -> None:
    """Shows and looks after what incremental runs remember."""


def _of_a_run(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that say which run is meant."""
    for option in (
        click.option("--pipeline", "-p", default="__default__", help=PIPELINE_ARG_HELP),
        env_option,
        click.option("--params", type=click.UNPROCESSED, default="", help=PARAMS_ARG_HELP, callback=_split_params),
        click.option("--load-versions", "-lv", default="", help=LOAD_VERSION_HELP, callback=_split_load_versions),
        click.option("--conf-source", default=None, help=CONF_SOURCE_HELP),
        click.option("--json", "as_json", is_flag=True, help="As JSON."),
    ):
        command = option(command)
    return command


@cache.command()
@_of_a_run
@click.option("--check", is_flag=True, help="End with 1 if something would run.")
def status(as_json: bool, check: bool, pipeline: str, **options: Any) -> None:  # noqa: ANN401
    """Tells for each node whether it is up to date, can be restored or would run, and why."""
    with _errors_as_messages():
        with _quiet():
            planner = _plan(Options(plan=True), {"pipeline": pipeline, **options})
        _print(plan_as_json(planner.verdicts) if as_json else plan_as_text(planner.verdicts))
        for name in () if as_json else planner.memory_edges:
            click.echo(f"{name} is in memory only: its producer runs again whenever a consumer does.")
    if check and any(verdict.runs for verdict in planner.verdicts.values()):
        raise click.exceptions.Exit(1)


@cache.command(name="explain")
@click.argument("node")
@_of_a_run
def explain_command(node: str, as_json: bool, pipeline: str, **options: Any) -> None:  # noqa: ANN401
    """Tells everything that is known of why NODE would run."""
    with _errors_as_messages():
        with _quiet():
            planner = _plan(Options(plan=True), {"pipeline": pipeline, **options})
        explanation = explain(node, planner)
        if as_json:
            _print(explanation)
            return
        click.echo(f"{node}: {explanation['state']}")
        for change, reason in zip(explanation["changes"], explanation["reasons"], strict=True):
            click.echo(f"- {reason}")
            if change["detail"]:
                click.echo("\n".join(f"    {line}" for line in change["detail"].splitlines()))
        for reason in explanation["coarse"]:
            click.echo(f"Compared more coarsely than usual: {reason}")


@cache.command(name="verify")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify_command(as_json: bool) -> None:
    """Reads all remembered outputs and stored files again; ends with 1 if one is damaged."""
    project = _project()
    found = verify(open_store(project)[0], project)
    if as_json:
        _print(found.to_json())
    else:
        for entry in found.damaged:
            click.echo(f"{entry['what']} {entry['path']}: {entry['found']}")
        click.echo(f"{found.files} files with {found.bytes:,} bytes, {len(found.damaged)} damaged.")
    if found.damaged:
        raise click.exceptions.Exit(1)


@cache.command()
@click.option(
    "--keep-runs",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="How many of the newest runs keep their results.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def gc(keep_runs: int, dry_run: bool, as_json: bool) -> None:
    """Removes results that neither the present outputs, the newest runs nor pinned ones need."""
    project = _project()
    account = collect(open_store(project)[0], project, keep_runs, dry_run)
    if as_json:
        _print(account.to_json())
        return
    verb = "Would remove" if dry_run else "Removed"
    click.echo(f"{verb} {account.removed} files with {account.freed_bytes:,} bytes.")
    click.echo(f"{account.kept} files with {account.kept_bytes:,} bytes stay.")


@cache.command()
@click.argument("run_id", required=False)
@click.option("--remove", is_flag=True, help="No longer keep it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def pin(run_id: str | None, remove: bool, as_json: bool) -> None:
    """Keeps the results of a run, by default the newest one, from being removed by `gc`."""
    with _errors_as_messages():
        store, _ = open_store(_project())
        runs = {str(run["run"]): run for run in store.runs()}
        if not runs and not store.pins():
            raise IncrementalError("There is no run to pin yet. Run a pipeline first.")
        chosen = run_id or next(iter(runs))
        if chosen not in runs and not store.pin_file(chosen).exists():
            raise IncrementalError(f"There is no run `{chosen}`. Known runs: {', '.join(runs)}.")
        if remove:
            store.pin_file(chosen).unlink(missing_ok=True)
        elif chosen in runs:
            write_json(store.pin_file(chosen), runs[chosen])
    _print({"run": chosen, "pinned": not remove}) if as_json else click.echo(
        f"{chosen} is {'no longer ' if remove else ''}pinned."
    )


def _plan(asked: Options, options: dict[str, Any]) -> PlanningRunner:
    """Lets Kedro load the project and choose the nodes, and compares them with what is remembered."""
    project = _project()
    planner = PlanningRunner(project, asked, LoadedCode(source_roots(project)))
    pipelines = [options["pipeline"]] if options.get("pipeline") else list(options.get("pipelines") or ())
    chosen = (
        "tags",
        "node_names",
        "from_nodes",
        "to_nodes",
        "from_inputs",
        "to_outputs",
        "load_versions",
        "namespaces",
    )
    with settings.SESSION_CLASS.create(
        env=options.get("env"), conf_source=options.get("conf_source"), runtime_params=options.get("params")
    ) as session:
        session.run(
            pipeline_names=pipelines, runner=planner, **{name: options[name] for name in chosen if options.get(name)}
        )
    return planner


def _project() -> Path:
    return find_kedro_project(Path.cwd()) or Path.cwd()


def _print(content: object) -> None:
    click.echo(content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what Kedro logs out of an answer."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(previous)


@contextmanager
def _errors_as_messages() -> Iterator[None]:
    try:
        yield
    except IncrementalError as error:
        raise click.ClickException(str(error)) from error
