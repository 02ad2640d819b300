"""How many nodes run again after a one-line edit of the code, summed over many edits: at most 130 is asked.

In a copy of the project `dcgan` runs once in the environment `smoke`. After each edit `kedro run --plan` tells in a new
process which nodes would run. It is asked for nodes of which none makes another's input, so that a node counts only if
something of its own changed (code that it reaches, that of its datasets' classes or of hooks) and not because another
one may give it another input. All of `dcgan` is in the catalog; where datasets are in memory, this gives them files.

``--spaceflights FOLDER`` does the same with 12 edits and the 9 nodes of the starter `spaceflights-pandas`, in a
checkout of https://github.com/kedro-org/kedro-starters; at most 11 is asked. Its requirements have to be installed.

Only the commands of Kedro and of incremental runs are used, so a change of what is behind them needs none here.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from benchmarks.incremental_edits import EDITS, SPACEFLIGHTS, Edit

_PROJECT = Path(__file__).parents[1]
_STARTER = "spaceflights-pandas/{{ cookiecutter.repo_name }}"
_VALUES = {"repo_name": "spaceflights", "python_package": "spaceflights", "project_name": "Spaceflights"}
_FILES_OF_MEMORY = """
    "{name}_train": {type: pandas.CSVDataset, filepath: "data/05_model_input/{name}_train.csv"}
    "{name}_test": {type: pandas.CSVDataset, filepath: "data/05_model_input/{name}_test.csv"}
    metrics: {type: json.JSONDataset, filepath: data/08_reporting/metrics.json}
"""
_PLANS = """
    import io, json, sys
    from contextlib import redirect_stdout
    from pathlib import Path
    from kedro.framework.cli.cli import main
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path.cwd())
    from kedro.framework.project import pipelines

    pipeline, *arguments = sys.argv[1:]
    apart, states = [], {}
    for node in pipelines[pipeline].nodes:
        names = {name.partition("@")[0] for name in (*node.inputs, *node.outputs)}
        made = {name.partition("@")[0] for name in node.outputs}
        free = (group for group in apart if not names & group["made"] and not made & group["names"])
        group = next(free, None) or apart.append({"nodes": [], "names": set(), "made": set()}) or apart[-1]
        group["nodes"].append(node.name)
        group["names"] |= names
        group["made"] |= made
    for group in apart:
        nodes = ",".join(group["nodes"])
        sys.argv = ["kedro", "run", "--plan", "--json", f"--pipeline={pipeline}", f"--nodes={nodes}", *arguments]
        answer = io.StringIO()
        with redirect_stdout(answer):
            try:
                main()
            except SystemExit as end:
                if end.code:
                    raise
        text = answer.getvalue()
        plan, _ = json.JSONDecoder().raw_decode(text, text.index("{\\n"))  # starters' logging prints to stdout too
        states |= {each["node"]: each for each in plan["nodes"]}
    print(json.dumps(states))
"""
"""Prints what a plan tells of each node; nodes of which none makes another's input are planned together."""

States = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Copy:
    """A copy of a project in which a pipeline has run.

    Args:
        folder: The copy's.
        package: The folder that paths of edits are relative to.
        pipeline: What has run.
        arguments: Further arguments of its runs.
    """

    folder: Path
    package: Path
    pipeline: str
    arguments: Sequence[str] = ()

    def run(self) -> None:
        """Runs the pipeline once, and makes sure that nothing would run now."""
        self._python("-m", "kedro", "run", f"--pipeline={self.pipeline}", *self.arguments)
        unfinished = _running(self.states())
        if unfinished:
            raise SystemExit(f"These nodes would run though nothing changed: {unfinished}")

    def states(self) -> States:
        """What a new process tells of each node."""
        states: States = json.loads(self._python("-c", dedent(_PLANS), self.pipeline, *self.arguments).splitlines()[-1])
        return states

    def edited(self, edit: Edit) -> States:
        """The same, while a file is edited."""
        _, file, old, new = edit
        path = self.package / file
        text = path.read_text("utf8")
        if old not in text:
            raise SystemExit(f"{file} no longer holds {old!r}: mend the table of edits")
        path.write_text(text.replace(old, new, 1), "utf8")
        try:
            return self.states()
        finally:
            path.write_text(text, "utf8")

    def _python(self, *arguments: str) -> str:
        paths = [str(self.folder / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *arguments]
        done = subprocess.run(  # noqa: S603  Kedro in a folder of our own
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments[:3])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


def main() -> None:
    """Prints the table of one project."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--spaceflights", type=Path, metavar="FOLDER", help="a checkout of kedro-starters")
    parser.add_argument("--nodes", action="store_true", help="name the nodes that would run")
    parser.add_argument("--only", default="", help="only edits whose names hold this text")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve() / "project"
        copy = copy_of_project(place) if asked.spaceflights is None else _copy_of_starter(asked.spaceflights, place)
        edits = EDITS if asked.spaceflights is None else SPACEFLIGHTS
        copy.run()
        _print_table(copy, [edit for edit in edits if asked.only in edit[0]], asked.nodes)


def copy_of_project(folder: Path) -> Copy:
    """Makes a copy of what the project's own pipelines need."""
    folder.mkdir()
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(_PROJECT / name, folder / name)
    for name in ("conf", "src"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "local")
        shutil.copytree(_PROJECT / name, folder / name, ignore=ignored)
    (folder / "conf/local").mkdir()
    return Copy(folder, folder / "src/gan_pipelines", "dcgan", ("--env=smoke",))


def _copy_of_starter(starters: Path, folder: Path) -> Copy:
    """Makes a project of the starter, as `kedro new` does, with incremental runs and files for what is in memory."""
    shutil.copytree(starters / _STARTER, folder)
    for name in ("repo_name", "python_package"):
        for path in sorted(folder.rglob(f"*cookiecutter.{name}*"), reverse=True):
            path.rename(path.with_name(_VALUES[name]))
    package = folder / "src/spaceflights"
    for path in [folder / "conf/logging.yml", *folder.rglob("*.py")]:
        path.write_text(_rendered(path.read_text("utf8")), "utf8")
    (folder / "pyproject.toml").write_text(
        '[tool.kedro]\npackage_name = "spaceflights"\nproject_name = "Spaceflights"\nkedro_init_version = "1.7.0"\n'
    )
    with (package / "settings.py").open("a", encoding="utf8") as settings:
        settings.write("\nfrom gan_pipelines.incremental import IncrementalSession as SESSION_CLASS  # noqa: E402\n")
    (package / "cli.py").write_text("from gan_pipelines.incremental.cli import cli, run\n", "utf8")
    (folder / "conf/base/catalog_files.yml").write_text(dedent(_FILES_OF_MEMORY), "utf8")
    return Copy(folder, package, "__default__")


def _rendered(text: str) -> str:
    for name, value in _VALUES.items():
        text = text.replace(f"{{{{ cookiecutter.{name} }}}}", value).replace(f"{{{{cookiecutter.{name}}}}}", value)
    return text


def _running(states: States) -> list[str]:
    return [name for name, node in states.items() if node["state"] not in {"up-to-date", "not needed"}]


def _print_table(copy: Copy, edits: Sequence[Edit], with_nodes: bool) -> None:
    total = 0
    print(f"{'edit':42} reruns")
    for edit in edits:
        states = copy.edited(edit)
        running = _running(states)
        total += len(running)
        print(f"{edit[0]:42} {len(running):6}", flush=True)
        for name in running if with_nodes else ():
            print(f"    {name}: {'; '.join(states[name]['reasons'][:3])}")
    print(f"{f'sum of {len(edits)} edits':42} {total:6}")


if __name__ == "__main__":
    main()
