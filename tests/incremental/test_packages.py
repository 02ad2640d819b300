"""Versions of packages and of Python: row 22."""

import sys
from collections import namedtuple
from pathlib import Path

import pytest
from kedro.framework.cli.cli import main

from tests.incremental.harness import Toy

MAIN = ["count", "prep", "publish", "report", "sample", "train"]


def install(folder: Path, name: str, version: str, requires: str = "", one: int = 1) -> None:
    """Installs a package into a folder; its files are all that tells its version."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "__init__.py").write_text(f"ONE = {one}\n", "utf8")
    for old in folder.glob(f"{name}-*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    information = folder / f"{name}-{version}.dist-info"
    information.mkdir()
    required = f"Requires-Dist: {requires}\n" if requires else ""
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{required}", "utf8"
    )


@pytest.fixture
def library(tmp_path):
    """A folder of packages."""
    folder = tmp_path / "lib/site-packages"
    install(folder, "fakelib", "1.0", requires="fakebase>=1")
    install(folder, "fakebase", "1.0")
    return folder


@pytest.fixture
def using(toy, library):
    """A project that ran; its training imports `fakelib`."""
    toy.replace_in("src/toy/models.py", "MODELS = {}", "from fakelib import ONE\n\nMODELS = {}")
    toy.replace_in("src/toy/models.py", "3 * value + 1", "3 * value + ONE")
    toy.passes(PYTHONPATH=str(library))
    assert toy.calls(PYTHONPATH=str(library)) == []
    return toy


def test_row_22_another_version_of_a_package_runs_its_users(using, library):
    install(library, "fakelib", "2.0", requires="fakebase>=1")
    path = str(library)
    changes = using.kedro("cache", "explain", "train", "--json", PYTHONPATH=path).answer["changes"]
    [change] = [change for change in changes if change["kind"] == "package"]
    assert (change["subject"], change["before"], change["after"]) == ("fakelib", "1.0", "2.0")
    result = using.passes(PYTHONPATH=path)
    assert result.calls == ["train"]
    assert "train (package fakelib: 1.0 -> 2.0)" in result.summary
    install(library, "fakelib", "1.0", requires="fakebase>=1")
    assert using.calls(PYTHONPATH=path) == []


def test_row_22_another_version_of_what_a_package_requires_counts(using, library):
    install(library, "fakebase", "1.5")
    assert using.calls(PYTHONPATH=str(library)) == ["train"]


def test_row_22_a_package_that_nobody_imports_does_not_count(using, library):
    install(library, "bystander", "1.0")
    assert using.calls(PYTHONPATH=str(library)) == []


def test_row_22_another_python_runs_all(done):
    version = namedtuple("version", "major minor micro releaselevel serial")

    def with_another_python():
        sys.version_info = version(3, sys.version_info.minor + 1, 0, "final", 0)
        sys.argv = ["kedro", "run"]
        main()

    result = done.fork(with_another_python).wait()
    assert result.exit_code == 0, result.stderr
    assert sorted(result.calls) == MAIN
    minor = sys.version_info.minor
    assert f"python version: 3.{minor} -> 3.{minor + 1}" in result.summary


def test_row_22_an_edited_package_without_a_version_counts(toy: Toy, library):
    (library / "nameless.py").write_text("ONE = 1\n", "utf8")
    toy.replace_in("src/toy/models.py", "MODELS = {}", "from nameless import ONE\n\nMODELS = {}")
    toy.replace_in("src/toy/models.py", "3 * value + 1", "3 * value + ONE")
    toy.passes(PYTHONPATH=str(library))
    (library / "nameless.py").write_text("ONE = 2\n", "utf8")
    assert "train" in toy.calls(PYTHONPATH=str(library))


def test_a_listed_variable_counts_for_the_nodes_that_use_its_package(toy, library):
    toy.replace_in(
        "pyproject.toml",
        'source_dir = "src"',
        'source_dir = "src"\n\n[tool.incremental.environment_variables]\nfakelib = ["PACE"]',
    )
    toy.replace_in("src/toy/models.py", "MODELS = {}", "from fakelib import ONE\n\nMODELS = {}")
    toy.replace_in("src/toy/models.py", "3 * value + 1", "3 * value + ONE")
    toy.passes(PYTHONPATH=str(library), PACE="slow")
    assert toy.calls(PYTHONPATH=str(library), PACE="slow") == []
    result = toy.passes(PYTHONPATH=str(library), PACE="fast")
    assert result.calls == ["train"]
    assert "train (environment PACE: slow -> fast)" in result.summary


def test_an_ignored_variable_may_be_read_and_does_not_count(toy):
    toy.replace_in(
        "pyproject.toml",
        'source_dir = "src"',
        'source_dir = "src"\n\n[tool.incremental]\nignored_environment_variables = ["WHERE"]',
    )
    toy.replace_in("src/toy/nodes.py", "from toy.calls import note", "import os\n\nfrom toy.calls import note")
    toy.replace_in(
        "src/toy/nodes.py",
        '    note("train")\n',
        '    note("train")\n    os.environ.get("WHERE"), os.environ.get("HOW")\n',
    )
    toy.passes(WHERE="here", HOW="so")
    assert toy.calls(WHERE="there", HOW="so") == []
    assert toy.calls(WHERE="there", HOW="otherwise") == ["train"]
