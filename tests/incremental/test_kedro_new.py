"""Two lines give a project that `kedro new` made all of this."""

import json
import subprocess
import sys

import pytest

from tests.incremental.harness import Toy

CATALOG = """
numbers: {type: json.JSONDataset, filepath: data/01_raw/numbers.json}
"{name}": {type: json.JSONDataset, filepath: "data/02_intermediate/{name}.json"}
"""
PIPELINE = """from kedro.pipeline import node, pipeline

from .nodes import double, total


def create_pipeline(**kwargs):
    return pipeline([node(double, "numbers", "doubled", name="double"), node(total, "doubled", "sum", name="total")])
"""
NODES = """def double(numbers):
    return [2 * number for number in numbers]


def total(numbers):
    return sum(numbers)
"""


@pytest.mark.slow
def test_two_lines_are_all_that_a_project_needs(tmp_path):
    created = subprocess.run(
        [sys.executable, "-m", "kedro", "new", "--name=Brand New", "--tools=none", "--example=n", "--telemetry=no"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert created.returncode == 0, created.stdout + created.stderr
    project = Toy(tmp_path / "brand-new")
    package = project / "src/brand_new"
    pipelines = package / "pipelines/counting"
    pipelines.mkdir()
    (pipelines / "__init__.py").write_text(
        "from .pipeline import create_pipeline\n\n__all__ = ['create_pipeline']\n", "utf8"
    )
    (pipelines / "pipeline.py").write_text(PIPELINE, "utf8")
    (pipelines / "nodes.py").write_text(NODES, "utf8")
    (project / "conf/base/catalog.yml").write_text(CATALOG, "utf8")
    project.write("data/01_raw/numbers.json", [1, 2])
    with (package / "settings.py").open("a", encoding="utf8") as settings:
        settings.write(
            "\nfrom gan_pipelines.incremental import IncrementalSession as SESSION_CLASS  # noqa: E402, F401\n"
        )
    (package / "cli.py").write_text("from gan_pipelines.incremental.cli import cli, run  # noqa: F401\n", "utf8")
    first = project.passes(fresh=True, COLUMNS="500")
    assert "2 ran, 0 restored, 0 skipped" in unwrapped(first)
    second = project.passes(fresh=True, COLUMNS="500")
    assert "0 ran, 0 restored, 2 skipped" in unwrapped(second)
    (pipelines / "nodes.py").write_text(NODES.replace("2 * number", "3 * number"), "utf8")
    assert "2 ran, 0 restored, 0 skipped" in unwrapped(project.passes(fresh=True, COLUMNS="500"))
    assert project.read("data/02_intermediate/sum.json") == 9
    answer = project.kedro("run", "--plan", "--json", "--params=any=1", fresh=True).stdout
    assert json.loads(answer[answer.index("{") :])["would_run"] is False  # Kedro itself logs a line before


def unwrapped(result):
    """The log of a run in one line; Kedro's own wraps long ones."""
    return " ".join((result.stdout + result.stderr).split())
