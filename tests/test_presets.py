import pytest
from kedro.framework.startup import bootstrap_project

from gan_pipelines.errors import UserError
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.presets import deep_merge, with_presets
from tests.project import ROOT, copy_project

PRESETS = {"quick": {"training": {"steps": 5, "optimizer": {"name": "adam", "beta_1": 0.5}}}, "long": {"a": 1}}


def filled(**section):
    return with_presets({"model": {"presets": PRESETS, **section}})["model"]


def test_a_preset_fills_in_what_is_not_given():
    section = filled(preset="quick", training={"batch_size": 3})
    assert section["training"] == {"steps": 5, "batch_size": 3, "optimizer": {"name": "adam", "beta_1": 0.5}}


def test_what_is_given_counts_before_the_preset():
    assert filled(preset="quick", training={"steps": 7})["training"]["steps"] == 7


def test_a_section_of_another_name_is_taken_whole():
    section = filled(preset="quick", training={"optimizer": {"name": "sgd"}})
    assert section["training"]["optimizer"] == {"name": "sgd"}
    assert deep_merge({"o": {"name": "adam", "b": 1}}, {"o": {"b": 2}}) == {"o": {"name": "adam", "b": 2}}


def test_who_gives_epochs_does_not_mean_the_steps_of_the_preset():
    assert filled(preset="quick", training={"epochs": 2})["training"] == {
        "epochs": 2,
        "optimizer": {"name": "adam", "beta_1": 0.5},
    }


@pytest.mark.parametrize("section", [{"steps": 3}, None, 4, {"presets": 3, "preset": "quick"}, {"presets": PRESETS}])
def test_sections_without_a_chosen_preset_stay_as_they_are(section):
    assert with_presets({"model": section}) == {"model": section}


def test_an_unknown_preset_is_told_with_those_there_are():
    parameters = with_presets({"dcgan": {"preset": "quik", "presets": {"quick": {}, "long": {}}}})
    with pytest.raises(UserError, match=r"`dcgan`: `preset` is 'quik'; allowed: quick, long"):
        check_parameters(parameters, SECTIONS, {"dcgan"})


def shipped_presets():
    import yaml

    for path in sorted((ROOT / "conf" / "base").glob("parameters_*.yml")):
        for model, section in yaml.safe_load(path.read_text("utf8")).items():
            yield from ((model, preset) for preset in section.get("presets", {}))


FILES = {
    ("srgan", "paper"): {"content_network": {"path": "vgg19.h5"}},
    ("hr_dcgan", "high_resolution"): {"images": {"path": "photos"}},
    ("progan", "paper"): {"images": {"path": "photos"}},
    ("stackgan", "published"): {"images": {"path": "photos"}},
    ("stackgan_v2", "published"): {"images": {"path": "photos"}},
}
"""What the user has to provide to a preset."""


@pytest.mark.first_case
@pytest.mark.parametrize(("model", "preset"), list(shipped_presets()))
def test_every_preset_that_ships_is_valid(tmp_path, model, preset):
    from kedro.framework.session import KedroSession

    folder = copy_project(tmp_path)
    bootstrap_project(folder)
    given = {model: {"preset": preset, **FILES.get((model, preset), {})}}
    with KedroSession.create(folder, env="local", runtime_params=given) as session:
        parameters = session.load_context().params
    check_parameters(parameters, SECTIONS, {model})
    assert parameters[model]["networks"] != {}


def test_nodes_get_what_the_preset_says(tmp_path):
    from kedro.framework.session import KedroSession

    folder = copy_project(tmp_path)
    bootstrap_project(folder)
    changes = {"simple_gan": {"preset": "chapter", "training": {"epochs": 3}}}
    with KedroSession.create(folder, env="local", runtime_params=changes) as session:
        training = session.load_context().catalog.load("params:simple_gan.training")
    assert training["epochs"] == 3
    assert training["optimizers"]["discriminator"].items() >= {"name": "sgd", "learning_rate": 0.01}.items()
