"""Kedro's ``run`` with the options of incremental runs, and the ``cache`` commands."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.project import CONF_SOURCE_HELP, LOAD_VERSION_HELP, PARAMS_ARG_HELP, PIPELINE_ARG_HELP
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import CONTEXT_SETTINGS, _split_load_versions, _split_params, env_option
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.files import write_json
from gan_pipelines.incremental.housekeeping import collect, verify
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.options import OPTIONS, Options
from gan_pipelines.incremental.planning import PlanningRunner, explain, plan_as_json, plan_as_text
from gan_pipelines.incremental.project import Project
from gan_pipelines.incremental.store import Store

_STDOUT, _STDERR = 1, 2
_PASSED = ["tags", "node_names", "from_nodes", "to_nodes", "from_inputs", "to_outputs", "load_versions", "namespaces"]
"""Options of Kedro's ``run`` that are passed to the session unchanged."""
_OPTIONS = [
    click.Option(["--force"], is_flag=True, help="Run every node, even if it is up to date."),
    click.Option(["--force-nodes"], default="", help="Comma-separated nodes to run even if they are up to date."),
    click.Option(["--plan"], is_flag=True, help="Show what would run and why; run nothing, write nothing."),
    click.Option(["--json", "as_json"], is_flag=True, help="With --plan: print JSON."),
]
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def run_incrementally(force: bool, force_nodes: str, plan: bool, as_json: bool, **options: Any) -> Any:  # noqa: ANN401
    """Runs or plans a pipeline; `options` are those of Kedro's ``run``."""
    incremental_options = Options(force, tuple(name.strip() for name in force_nodes.split(",") if name.strip()))
    if plan:
        decisions = _plan(incremental_options, options).decisions
        _print(as_json, plan_as_json(decisions), plan_as_text(decisions))
        return {}
    token = OPTIONS.set(incremental_options)
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
    """Inspects and maintains the store of incremental runs."""


def _run_selection(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that select the pipeline, environment, parameters and versions."""
    for option in (
        click.option("--pipeline", "-p", default="__default__", help=PIPELINE_ARG_HELP),
        env_option,
        click.option("--params", type=click.UNPROCESSED, default="", help=PARAMS_ARG_HELP, callback=_split_params),
        click.option("--load-versions", "-lv", default="", help=LOAD_VERSION_HELP, callback=_split_load_versions),
        click.option("--conf-source", default=None, help=CONF_SOURCE_HELP),
        _as_json,
    ):
        command = option(command)
    return command


@cache.command()
@_run_selection
@click.option("--check", is_flag=True, help="Exit with 1 if a node would run.")
def status(as_json: bool, check: bool, **options: Any) -> None:  # noqa: ANN401
    """Shows whether each node is up to date, restorable or would run, and why."""
    planner = _plan(Options(), options)
    lines = [plan_as_text(planner.decisions)]
    lines += (
        f"{name} is in memory only: its producer runs again whenever a consumer does." for name in planner.memory_edges
    )
    _print(as_json, plan_as_json(planner.decisions), "\n".join(lines))
    if check and any(decision.runs for decision in planner.decisions.values()):
        raise click.exceptions.Exit(1)


@cache.command(name="explain")
@click.argument("node")
@_run_selection
def explain_command(node: str, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Shows every reason why NODE would run, with diffs of its code."""
    found = explain(node, _plan(Options(), options))
    lines = [f"{node}: {found['state']}"]
    for change, reason in zip(found["changes"], found["reasons"], strict=True):
        lines += [f"- {reason}", *(f"    {line}" for line in change["detail"].splitlines())]
    lines += (f"Coarse comparison: {reason}" for reason in found["coarse"])
    _print(as_json, found, "\n".join(lines))


@cache.command(name="verify")
@_as_json
def verify_command(as_json: bool) -> None:
    """Computes the digests of all recorded outputs and stored files; exits with 1 if one is damaged."""
    found = verify(_store(), _folder())
    lines = [f"{entry['what']} {entry['path']}: {entry['found']}" for entry in found.damaged]
    lines.append(f"{found.files} files with {found.bytes:,} bytes, {len(found.damaged)} damaged.")
    _print(as_json, found, "\n".join(lines))
    if found.damaged:
        raise click.exceptions.Exit(1)


@cache.command()
@click.option("--keep-runs", type=click.IntRange(0), default=10, show_default=True, help="Newest runs to keep.")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@_as_json
def gc(keep_runs: int, dry_run: bool, as_json: bool) -> None:
    """Removes results that neither current outputs, the newest runs nor pinned runs need."""
    found = collect(_store(), _folder(), keep_runs, dry_run)
    removed = f"{'Would remove' if dry_run else 'Removed'} {found.removed} files with {found.freed_bytes:,} bytes."
    _print(as_json, found, f"{removed}\nKept {found.kept} files with {found.kept_bytes:,} bytes.")


@cache.command()
@click.argument("run_id", required=False)
@click.option("--remove", is_flag=True, help="Unpin the run.")
@_as_json
def pin(run_id: str | None, remove: bool, as_json: bool) -> None:
    """Protects the results of a run (default: the newest) from `gc`."""
    store = _store()
    runs = {str(run["run"]): run for run in reversed(store.runs().values())}
    if not runs and not store.pins():
        raise IncrementalError("No run is recorded, so none can be pinned. Run a pipeline first.")
    chosen = run_id or next(iter(runs))
    if chosen not in runs and not store.pin_file(chosen).exists():
        raise IncrementalError(f"No run `{chosen}` is recorded. Choose one of: {', '.join(runs)}.")
    if remove:
        store.pin_file(chosen).unlink(missing_ok=True)
    elif chosen in runs:
        write_json(store.pin_file(chosen), runs[chosen])
    _print(as_json, {"run": chosen, "pinned": not remove}, f"{chosen} is {'no longer ' if remove else ''}pinned.")


def _plan(incremental_options: Options, options: dict[str, Any]) -> PlanningRunner:
    """Plans the selected run; logs below error level are disabled, prints go to standard error."""
    project = Project(_folder())
    planner = PlanningRunner(project, incremental_options, LoadedCode(project))
    pipelines = [options["pipeline"]] if options.get("pipeline") else list(options.get("pipelines") or ())
    chosen = {name: options[name] for name in _PASSED if options.get(name)}
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            printing_to_stderr(),
            settings.SESSION_CLASS.create(
                env=options.get("env"), conf_source=options.get("conf_source"), runtime_params=options.get("params")
            ) as session,
        ):
            session.run(pipeline_names=pipelines, runner=planner, **chosen)
    finally:
        logging.disable(previous)
    return planner


def _folder() -> Path:
    return find_kedro_project(Path.cwd()) or Path.cwd()


def _store() -> Store:
    project = Project(_folder())
    return Store(project, Digests(project))


def _print(as_json: bool, content: object, text: str) -> None:
    click.echo(json.dumps(content, indent=1, ensure_ascii=False, default=vars) if as_json else text)


@contextmanager
def printing_to_stderr() -> Iterator[None]:
    """Redirects standard output, also of C code, to standard error, so that standard output has only the result."""
    sys.stdout.flush()
    original = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)  # C code and existing log handlers bypass sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(original, _STDOUT)
        os.close(original)
