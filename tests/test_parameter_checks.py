from typing import Annotated, Literal

import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node
from pydantic import Field, model_validator

from gan_pipelines.errors import UserError
from gan_pipelines.hooks import ParameterHooks
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.parameter_model import ParameterModel


class Adam(ParameterModel):
    name: Literal["adam"] = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3


class Momentum(ParameterModel):
    name: Literal["sgd", "nesterov"]
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Training(ParameterModel):
    epochs: Annotated[int, Field(ge=1, le=1000)] | None = None
    steps: int | None = None
    batch_size: Annotated[int, Field(gt=0)] = 32
    size: Annotated[int, Field(multiple_of=32)] = 64
    compiled: Literal["auto"] | bool = "auto"
    mirrored: bool = False
    optimizer: Annotated[Adam | Momentum, Field(discriminator="name")] = Adam()
    filters: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list)
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    layers: list[Adam] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_a_length(self) -> "Training":
        if self.epochs is None and self.steps is None:
            raise ValueError("give `epochs` or `steps`")
        return self


class Images(ParameterModel):
    source: Literal["digits", "mnist", "image_folder"] = "digits"
    path: Annotated[str, Field(min_length=1)] | None = None


class ToyGAN(ParameterModel):
    images: Images = Images()
    training: Training


MODELS = {"toy_gan": ToyGAN, "other_gan": ToyGAN}
EPOCHS = "a whole number of at least 1 and at most 1000, or null"


def problems(parameters, requested=("toy_gan",)):
    with pytest.raises(UserError) as raised:
        check_parameters(parameters, MODELS, requested)
    return [line.removeprefix("  - ") for line in str(raised.value).splitlines()[1:-1]]


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        ({"epochs": "8"}, f"`toy_gan.training.epochs` is the text '8'; allowed: {EPOCHS}"),
        ({"epochs": 8.5}, f"`toy_gan.training.epochs` is 8.5; allowed: {EPOCHS}"),
        ({"epochs": 0}, f"`toy_gan.training.epochs` is 0; allowed: {EPOCHS}"),
        ({"epochs": 10**9}, f"`toy_gan.training.epochs` is 1000000000; allowed: {EPOCHS}"),
        ({"epochs": True}, f"`toy_gan.training.epochs` is true; allowed: {EPOCHS}"),
        ({"batch_size": -1}, "`toy_gan.training.batch_size` is -1; allowed: a whole number above 0"),
        ({"batch_size": None}, "`toy_gan.training.batch_size` is null; allowed: a whole number above 0"),
        ({"batch_size": {}}, "`toy_gan.training.batch_size` is a section; allowed: a whole number above 0"),
        ({"size": 48}, "`toy_gan.training.size` is 48; allowed: a whole number in multiples of 32"),
        ({"compiled": "yes"}, "`toy_gan.training.compiled` is the text 'yes'; allowed: auto, or true or false"),
        (
            {"compiled": "autp"},
            "`toy_gan.training.compiled` is the text 'autp', did you mean `auto`?; allowed: auto, or true or false",
        ),
        ({"mirrored": 1}, "`toy_gan.training.mirrored` is 1; allowed: true or false"),
        ({"filters": [8, 0]}, "`toy_gan.training.filters.1` is 0; allowed: a whole number of at least 1"),
        ({"filters": 8}, "`toy_gan.training.filters` is 8; allowed: a list"),
        ({"weights": {"fake": -0.5}}, "`toy_gan.training.weights.fake` is -0.5; allowed: a number of at least 0"),
        ({"weights": 3}, "`toy_gan.training.weights` is 3; allowed: a section"),
        (
            {"optimizer": {"name": "adam", "learning_rate": float("nan")}},
            "`toy_gan.training.optimizer.learning_rate` is nan; allowed: a number above 0",
        ),
        (
            {"layers": [{"learning_rate": float("inf")}]},
            "`toy_gan.training.layers.0.learning_rate` is inf; allowed: a number above 0",
        ),
        (
            {"optimizer": {"name": "nesterov", "momentum": 1}},
            "`toy_gan.training.optimizer.momentum` is 1; allowed: a number of at least 0 and below 1",
        ),
        (
            {"optimizer": {"name": "sgd", "learning_rate": 0.1}},
            "`toy_gan.training.optimizer.learning_rate` is not known; allowed: name, momentum",
        ),
        (
            {"optimizer": {"name": "adamm"}},
            "`toy_gan.training.optimizer.name` is the text 'adamm', did you mean `adam`?; "
            "allowed: one of adam, sgd, nesterov",
        ),
        (
            {"optimizer": {"momentum": 0.5}},
            "`toy_gan.training.optimizer.name` is missing; allowed: one of adam, sgd, nesterov",
        ),
        (
            {"optimizer": [1]},
            "`toy_gan.training.optimizer` is [1]; allowed: a section with keys of name, learning_rate, momentum",
        ),
        (
            {"layers": [{"learning_rat": 1.0}]},
            "`toy_gan.training.layers.0.learning_rat` is not known, did you mean `learning_rate`?; "
            "allowed: name, learning_rate",
        ),
        ({"epochs": None}, "`toy_gan.training`: give `epochs` or `steps`"),
        ({8: 1}, "`toy_gan.training.8`: Keys should be strings"),
    ],
    ids=str,
)
def test_a_wrong_value_is_told_in_plain_words(training, expected):
    assert problems({"toy_gan": {"training": {"epochs": 1} | training}}) == [expected]


def test_a_long_value_is_shortened():
    (line,) = problems({"toy_gan": {"training": {"epochs": 1}, "images": {"source": "x" * 500}}})
    assert line == (f"`toy_gan.images.source` is the text '{'x' * 56}...; allowed: one of digits, mnist, image_folder")


def test_all_problems_are_told_at_once_with_the_nearest_names_and_the_place():
    with pytest.raises(UserError) as raised:
        check_parameters(
            {
                "toy_gan": {
                    "image": {},
                    "images": {"source": "minst", "path": ""},
                    "training": {"epoch": 3, "steps": 1},
                },
                "toy_gna": {},
                "_template": {"anything": "goes"},
            },
            MODELS,
            {"toy_gan"},
        )
    sources = "digits, mnist, image_folder"
    keys = "epochs, steps, batch_size, size, compiled, mirrored, optimizer, filters, weights, layers"
    assert str(raised.value).splitlines() == [
        "5 invalid parameters:",
        "  - `toy_gna` is not known, did you mean `toy_gan`?; allowed: toy_gan, other_gan",
        f"  - `toy_gan.images.source` is the text 'minst', did you mean `mnist`?; allowed: one of {sources}",
        "  - `toy_gan.images.path` is the text ''; allowed: text of length 1 or more, or null",
        f"  - `toy_gan.training.epoch` is not known, did you mean `epochs`?; allowed: {keys}",
        "  - `toy_gan.image` is not known, did you mean `images`?; allowed: images, training",
        "Change this in conf/base/parameters_toy_gan.yml, in your environment's file of that name, "
        "or with --params=<key>=<value>.",
    ]


def test_a_section_without_its_model_is_recognised():
    parameters = {"training": {"epochs": 3}, "toy_gan": {"training": {"epochs": 1}}}
    assert problems(parameters) == [
        "`training` is not known, did you mean `toy_gan.training`?; allowed: toy_gan, other_gan"
    ]


@pytest.mark.parametrize("parameters", [{}, {"toy_gan": None}, {"toy_gan": {}}])
def test_an_absent_section_counts_as_empty(parameters):
    (line,) = problems(parameters)
    assert line.startswith("`toy_gan.training` is missing; allowed: a section with keys of epochs, ")


@pytest.mark.parametrize(("section", "found"), [([1], r"\[1\]"), (3, "3"), ("x", "the text 'x'"), (False, "false")])
def test_a_section_of_the_wrong_type_is_told(section, found):
    with pytest.raises(UserError, match=f"`toy_gan` is {found}; allowed: a section with keys of images, training"):
        check_parameters({"toy_gan": section}, MODELS, {"toy_gan"})


def test_only_requested_models_are_checked():
    check_parameters({"toy_gan": {"training": {"steps": 3}}, "other_gan": 3}, MODELS, {"toy_gan"})
    with pytest.raises(UserError, match="`other_gan` is 3"):
        check_parameters({"toy_gan": {"training": {"steps": 3}}, "other_gan": 3}, MODELS, {"other_gan"})


def test_the_projects_own_models_are_described():
    parameters = {name: {"training": {"optimizers": {"generator": {"name": "adamw"}}}} for name in SECTIONS}
    with pytest.raises(UserError, match=r"`dcgan\.training\.optimizers\.generator\.name` .*did you mean `adam`\?"):
        check_parameters(parameters, SECTIONS, SECTIONS.keys())


def pipeline_of(*sections):
    return Pipeline([node(lambda *_: 1, [f"params:{section}" for section in sections], "result", name="only")])


def run_hook(parameters, *sections):
    catalog = DataCatalog()
    catalog["parameters"] = parameters
    ParameterHooks(MODELS).before_pipeline_run(run_params={}, pipeline=pipeline_of(*sections), catalog=catalog)


def test_the_hook_checks_the_models_whose_parameters_nodes_take():
    parameters = {"toy_gan": {"training": {"epochs": 1}}, "other_gan": {"training": {"epochs": -1}}}
    run_hook(parameters, "toy_gan.training")
    with pytest.raises(UserError, match=r"`other_gan\.training\.epochs` is -1"):
        run_hook(parameters, "toy_gan.training", "other_gan.images")
