"""What nodes, kedro-viz and notebooks find below `params:`."""

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from gan_pipelines.errors import UserError
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters
from tests.project import ROOT


def context_of(environment, **parameters):
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT, env=environment, runtime_params=parameters) as session:
        return session.load_context()


@pytest.mark.parametrize("environment", ["base", "smoke", "multi_worker"])
def test_every_parameter_that_a_node_takes_has_a_value(environment):
    from kedro.framework.project import pipelines

    catalog = context_of(environment).catalog
    taken = {name for pipeline in pipelines.values() for name in pipeline.inputs() if name.startswith("params:")}
    assert {name for name in taken if name not in catalog} == set()


@pytest.mark.parametrize("environment", ["base", "smoke", "multi_worker"])
def test_the_parameters_are_complete_and_mean_what_was_given(environment):
    parameters = context_of(environment).params
    check_parameters(parameters, SECTIONS, SECTIONS.keys())
    for name, model in SECTIONS.items():
        assert model.model_validate(parameters[name]).model_dump(exclude={"preset", "presets"}) == parameters[name]


def test_what_is_given_counts_before_the_preset_and_that_before_the_default():
    training = context_of("base", dcgan={"training": {"batch_size": 8}}).params["dcgan"]["training"]
    assert (training["batch_size"], training["label_smoothing"], training["seed"]) == (8, "one_sided", 0)


def test_what_is_not_valid_stays_for_the_checks_to_tell():
    parameters = context_of("base", dcgan={"training": {"batchsize": 8}}).params
    with pytest.raises(UserError, match=r"`dcgan\.training\.batchsize` is not known, did you mean `batch_size`"):
        check_parameters(parameters, SECTIONS, {"dcgan"})
    assert parameters["lsgan"]["training"]["batch_size"] == 32
