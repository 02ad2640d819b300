"""Puts a situation of an ordinary project into the toy project, and checks that an edit counts there.

A situation is a module ``toy.extra`` with nodes, wired into a pipeline ``x`` beside a node of another module, the
bystander. What an incremental run leaves must be what a run that is switched off makes of a copy.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kedro.framework.cli.cli import main

from tests.incremental.harness import STATE, Result, Toy

X = "--pipeline=x"
SWITCH = "GAN_PIPELINES_INCREMENTAL"
NODE_X = 'node(extra.x, None, "x_out", name="x")'
_BYSTANDER = """from toy.calls import note


def bystander(raw):
    note("bystander")
    return raw["values"]
"""
_BYSTANDER_NODE = 'node(bystander.bystander, "raw", "bystander_out", name="bystander")'


def situate(
    toy: Toy,
    code: str,
    wiring: str = NODE_X,
    files: Mapping[str, str | bytes] | None = None,
    catalog: str = "",
    parameters: str = "",
) -> None:
    """Adds the pipeline `x` to the project.

    Args:
        toy: The project.
        code: Of the module `toy.extra`; `note` is imported there.
        wiring: Its nodes, as the registry writes them; outputs named `<name>_out` are JSON files.
        files: Further files, by their paths in the project.
        catalog: Further entries.
        parameters: Further parameters.
    """
    modules = {"src/toy/bystander.py": _BYSTANDER, "src/toy/extra.py": f"from toy.calls import note\n\n{code}\n"}
    for path, content in {**modules, **(files or {})}.items():
        put(toy / path, content)
    for name, text in (("catalog", catalog), ("parameters", parameters)):
        with (toy / f"conf/base/{name}.yml").open("a", encoding="utf8") as file:
            file.write(f"\n{text}\n")
    registry = "src/toy/pipeline_registry.py"
    toy.replace_in(registry, "from toy import more_nodes", "from toy import bystander, extra, more_nodes")
    wired = f'"x": pipeline([{wiring}, {_BYSTANDER_NODE}]),'
    toy.replace_in(registry, '"declared": declared(),', f'"declared": declared(),\n        {wired}')


def put(path: Path, content: str | bytes) -> None:
    """Writes a file, and makes the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def one_becomes_two(toy: Toy, path: str) -> Callable[[], None]:
    """The edit of a file that holds the word `one`."""
    return lambda: toy.replace_in(path, "one", "two")


def switched_off(toy: Toy, *arguments: str, cwd: str = ".", **environment: str) -> dict[str, bytes]:
    """What a run that is switched off makes of a copy of the project beside it."""
    folder = toy.folder.with_name(f"{toy.folder.name}-switched-off")
    shutil.copytree(toy.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(STATE, "0[2-8]_*"))
    copy = Toy(folder)
    run_in(copy, cwd, *arguments, **{SWITCH: "0"}, **environment)
    found = copy.data()
    shutil.rmtree(folder)
    return found


def run_in(toy: Toy, cwd: str, *arguments: str, **environment: str) -> Result:
    """Runs the pipeline from another folder of the project."""

    def work() -> None:
        os.chdir(toy / cwd)
        tempfile.tempdir = None  # asked for in the process that was forked
        sys.argv = ["kedro", "run", X, *arguments]
        main()

    toy.forget_calls()
    result = toy.fork(work, **environment).wait()
    assert result.exit_code == 0, result.stderr
    return result


def check_edit(
    toy: Toy,
    edit: Callable[[], object],
    *arguments: str,
    idle: tuple[str, ...] = ("bystander",),
    settles: bool = True,
    **environment: str,
) -> Result:
    """Runs, runs, edits and runs; the last run must leave what one that is switched off would.

    Args:
        toy: The project.
        edit: Changes what a node depends on.
        arguments: Of the runs.
        idle: Nodes that do not depend on it.
        settles: Whether nothing runs when nothing changed.
        environment: Variables of the runs.
    """
    run_in(toy, ".", *arguments, **environment)
    before = toy.data()
    again = run_in(toy, ".", *arguments, **environment).calls
    assert again == [] or not settles, f"{again} ran again although nothing changed"
    edit()
    expected = switched_off(toy, *arguments, **environment)
    assert expected != before, "this edit changes no result"
    result = run_in(toy, ".", *arguments, **environment)
    check_data(toy, expected)
    assert set(idle).isdisjoint(result.calls), f"{result.calls} ran, though {idle} does not depend on it"
    again = run_in(toy, ".", *arguments, **environment).calls
    assert again == [] or not settles, f"{again} ran again after the run that followed the edit"
    return result


def check_data(toy: Toy, expected: dict[str, bytes]) -> None:
    """The outputs must be these."""
    found = toy.data()
    stale = {name: (found.get(name), content) for name, content in expected.items() if found.get(name) != content}
    assert not stale, f"stale (found, should be): {stale}"
