"""Each model and each architecture is declared once; all else follows."""

import re

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.models.declarations import IMAGES, MODELS, Model
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.networks.architectures import ARCHITECTURES, architectures
from gan_pipelines.pipeline_registry import register_pipelines
from gan_pipelines.presets import for_every
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


STAGES = ("ingestion", "construction", "training", "sampling", "judging", "scoring", "reporting")


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
    filled = for_every({"dcgan": own, "every": {"images": {"training": {"steps": 5, "batch_size": 4}}}}, DATA)
    assert filled["dcgan"]["training"] == {"steps": 5, "batch_size": 3}
    assert filled["wgan"] == {"training": {"steps": 5, "batch_size": 4}}
    assert "every" not in filled
    assert "headlines" not in filled


@pytest.mark.parametrize("every", [3, {"imges": {}}, {"images": 3}])
def test_what_is_no_kind_of_data_is_refused_with_those_there_are(every):
    with pytest.raises(UserError, match=r"`every` is .*; allowed: .*images, points, headlines"):
        for_every({"every": every}, DATA)


@pytest.mark.slow
def test_a_model_of_a_known_kind_is_one_entry_and_one_file(tmp_path):
    folder = copy_project(tmp_path)
    declarations = folder / "src/gan_pipelines/models/declarations.py"
    entry = 'MODELS: dict[str, Model] = {\n    "new_gan": Model(IMAGES, "a new one", "nowhere"),'
    declarations.write_text(declarations.read_text("utf8").replace("MODELS: dict[str, Model] = {", entry), "utf8")
    (folder / "conf/base/parameters_new_gan.yml").write_text("new_gan: {networks: {architecture: mlp}}\n", "utf8")
    output, _ = (process := kedro(folder, "run", "--pipeline=new_gan", "--env=smoke")).communicate(timeout=300)
    assert process.returncode == 0, output[-3000:]
    assert [*(folder / "data/smoke/08_reporting/new_gan/model_card.json").iterdir()]


def test_a_model_needs_no_more_than_a_kind_a_title_and_a_reference():
    assert Model(IMAGES, "a new one", "nowhere").kind.pipeline == "images"
