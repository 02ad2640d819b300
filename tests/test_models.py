"""Each model and each architecture is declared once; all else follows."""

import re

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.models.declarations import MODELS
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.networks.architectures import ARCHITECTURES, architectures
from gan_pipelines.pipeline_registry import register_pipelines
from gan_pipelines.presets import with_common_settings
from tests.project import ROOT, copy_project, kedro

DATA = {name: model.kind.data for name, model in MODELS.items()}


def test_every_model_has_a_pipeline_parameters_and_a_file_of_them():
    registered = register_pipelines()
    assert MODELS.keys() | {"compare", "__default__"} == registered.keys()
    assert MODELS.keys() | {"compare"} == SECTIONS.keys()
    files = {path.stem.removeprefix("parameters_") for path in (ROOT / "conf" / "base").glob("parameters_*.yml")}
    assert files == SECTIONS.keys()


@pytest.mark.parametrize("name", MODELS)
def test_the_readme_says_of_every_model_what_its_declaration_says(name):
    rows = re.findall(rf"^\| `{name}` \| (.+?) \| (.+?) \|", (ROOT / "README.md").read_text("utf8"), re.MULTILINE)
    assert (MODELS[name].title, MODELS[name].reference) in rows


STAGES = ("ingestion", "construction", "pretraining", "training", "sampling", "judging", "scoring", "reporting")


@pytest.mark.parametrize("name", MODELS)
def test_stages_feed_later_ones_alone(name):
    pipeline = register_pipelines()[name]
    makers = {output: node for node in pipeline.nodes for output in node.outputs}
    for node in pipeline.nodes:
        for source in (makers[taken] for taken in node.inputs if taken in makers):
            orders = [STAGES.index(each.namespace.removeprefix(f"{name}.")) for each in (source, node)]
            assert orders == sorted(orders), (source.name, node.name)


def test_architectures_are_found_by_what_they_draw_and_take():
    assert architectures("pairs") == ("coupled",)
    assert architectures("images", takes="labels") == ("conditional_transposed",)
    assert {*architectures("images"), *architectures("pairs"), *architectures("points")} == ARCHITECTURES.keys()


def test_what_counts_for_every_model_comes_before_its_preset_and_after_its_own_section():
    own = {"preset": "p", "presets": {"p": {"training": {"steps": 9}}}, "training": {"batch_size": 3}}
    filled = with_common_settings(
        {"dcgan": own, "every": {"images": {"training": {"steps": 5, "batch_size": 4}}}}, DATA
    )
    assert filled["dcgan"]["training"] == {"steps": 5, "batch_size": 3}
    assert filled["wgan"] == {"training": {"steps": 5, "batch_size": 4}}
    assert "every" not in filled
    assert "headlines" not in filled


@pytest.mark.parametrize("every", [3, {"imges": {}}, {"images": 3}])
def test_what_is_no_kind_of_data_is_refused_with_those_there_are(every):
    with pytest.raises(UserError, match=r"`every` is .*; allowed: .*images, points, headlines"):
        with_common_settings({"every": every}, DATA)


def declare(folder, entry, kind=""):
    """Adds a model, and a kind, to the declarations of a copy of the project."""
    declarations = folder / "src/gan_pipelines/models/declarations.py"
    start = "MODELS: dict[str, Model] = {"
    text = declarations.read_text("utf8").replace(start, f"{kind}\n{start}\n    {entry},")
    declarations.write_text(text, "utf8")


def add(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf8")


def reports_of_a_run(folder, model):
    output, _ = (process := kedro(folder, "run", f"--pipeline={model}", "--env=smoke")).communicate(timeout=300)
    assert process.returncode == 0, output[-3000:]
    return {path.name for path in (folder / "data/smoke/08_reporting" / model).iterdir()}


@pytest.mark.slow
def test_a_model_of_a_known_kind_is_one_entry_and_one_file(tmp_path):
    folder = copy_project(tmp_path)
    declare(folder, '"new_gan": Model(POINTS, "a new one", "nowhere")')
    add(folder, {"conf/base/parameters_new_gan.yml": "new_gan: {training: {loss: {name: least_squares}}}\n"})
    assert "model_card.json" in reports_of_a_run(folder, "new_gan")


NEW_KIND = {
    "conf/base/parameters_circle_gan.yml": "circle_gan: {training: {steps: 20}}\n",
    "conf/base/catalog_circles.yml": """
"{model}.radii":
  type: gan_pipelines.datasets.reports.JSONReportDataset
  filepath: ${globals:artifacts}/08_reporting/{model}/radii.json
  versioned: true
""",
    "src/gan_pipelines/adversarial/radii.py": """
import numpy as np


def radii(samples):
    return {"mean": float(np.linalg.norm(samples["points"], axis=1).mean())}
""",
    "src/gan_pipelines/pipelines/circles/__init__.py": """
from kedro.pipeline import Node, Pipeline

from gan_pipelines.adversarial.radii import radii
from gan_pipelines.pipelines import points


def create_pipeline():
    own = Node(radii, "samples", "radii", name="measure_radii", namespace="scoring", tags="cache-pure")
    return points.create_pipeline() + Pipeline([own])
""",
}


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_model_of_a_new_kind_is_one_folder_with_its_pipeline_and_one_file_of_formulas(tmp_path):
    folder = copy_project(tmp_path)
    kind = 'CIRCLES = Kind("points", PointGANParameters, "circles")\n'
    declare(folder, '"circle_gan": Model(CIRCLES, "a new one", "nowhere")', kind)
    add(folder, NEW_KIND)
    registry = folder / "src/gan_pipelines/pipeline_registry.py"
    text = registry.read_text("utf8").replace("coupling,", "circles, coupling,")
    start = "_PIPELINES: dict[str, Callable[[], Pipeline]] = {"
    registry.write_text(text.replace(start, f'{start}\n    "circles": circles.create_pipeline,'), "utf8")
    assert {"radii.json", "scores.json", "model_card.json"} <= reports_of_a_run(folder, "circle_gan")
