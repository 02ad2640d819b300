"""The notebooks, executed as a reader executes them, in the smoke environment."""

import functools
import os
import re
import shutil

import nbclient
import nbformat
import pytest

from tests.project import ROOT, copy_results

NOTEBOOKS = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
PICTURE, PLOT, ANIMATION, TABLE = "image/png", "application/vnd.plotly.v1+json", "image/gif", "table"
SHOWN = {
    "1_simple_gan_and_dcgan_on_digits.ipynb": {PICTURE: 5, PLOT: 3, TABLE: 3},
    "2_dcgan_and_its_evaluation.ipynb": {PICTURE: 2, PLOT: 6, TABLE: 3},
    "3_headlines_curve_and_photos.ipynb": {PICTURE: 4, PLOT: 7, TABLE: 8},
    "4_getting_started_with_dcgans.ipynb": {PICTURE: 5, PLOT: 2, ANIMATION: 1},
}
"""So many outputs of each kind."""

RUN = 1
"""The code cell that runs pipelines, after the one that sets Kedro up."""


def read(folder, name):
    return nbformat.read(folder / "notebooks" / name, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def log(cell):
    """What a cell wrote or showed as text, without colours and breaks of lines."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", "".join(texts)).split())


def execute(folder, name):
    """Executes a notebook in a process of its own, from its folder; a cell that fails raises an error."""
    notebook = read(folder, name)
    environment = os.environ | {"KEDRO_ENV": "smoke", "IPYTHONDIR": str(folder / "ipython")}
    resources = {"metadata": {"path": str(folder / "notebooks")}}
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute(env=environment)
    return notebook


def test_every_chapter_has_a_notebook():
    assert SHOWN.keys() == set(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_stored_without_outputs(name):
    notebook = read(ROOT, name)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert "%load_ext kedro.ipython" in cells[0].source
    assert cells[RUN].source.startswith("session.run(")
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    assert not any(line.startswith("%env") for cell in cells for line in cell.source.splitlines())


@pytest.fixture(scope="module")
def project(models_project, tmp_path_factory):
    """A copy of the project in which every pipeline has run already."""
    folder = copy_results(models_project, tmp_path_factory.mktemp("notebooks") / "project")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@pytest.fixture(scope="module")
def executed(project):
    """Returns a notebook after its execution, which happens once for all tests."""
    return functools.cache(lambda name: execute(project, name))


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_run_from_top_to_bottom_and_show_what_they_tell_of(executed, name):
    cells = code_cells(executed(name))
    assert "Incremental run: " in log(cells[RUN])
    silent = [cell.source for cell in cells[RUN:] if not cell.outputs]
    assert silent == []
    data = [output.get("data", {}) for cell in cells for output in cell.outputs]
    counts = {kind: sum(kind in shown for shown in data) for kind in (PICTURE, PLOT, ANIMATION)}
    counts[TABLE] = sum("<table" in shown.get("text/html", "") for shown in data)
    assert {kind: counts[kind] for kind in SHOWN[name]} == SHOWN[name]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_what_has_run_does_not_run_again(executed):
    cells = code_cells(executed("2_dcgan_and_its_evaluation.ipynb"))
    assert "Incremental run: 0 ran, 0 restored, 20 skipped." in log(cells[RUN])
