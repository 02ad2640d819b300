"""Variants that are only configuration: they train, resume exactly, and another one needs no code."""

import numpy as np
import pytest
import yaml

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.models.parameters import ImageGANParameters
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.training.checkpoint import CheckpointStore
from tests import toy

SCHEDULE = {"name": "cosine", "decay_examples": 100, "final_factor": 0.1, "warmup_examples": 30}
COMMON = {"steps": 6, "batch_size": 4, "updates": "alternating", "preview": {"images": 1}}
VARIANTS = {
    "wgan": {
        "loss": {"name": "wasserstein"},
        "discriminator_updates": 3,
        "weight_clip": 0.01,
        "optimizers": {"generator": {"name": "rmsprop"}, "discriminator": {"name": "rmsprop", "schedule": SCHEDULE}},
    },
    "wgan_gp": {
        "loss": {"name": "wasserstein"},
        "discriminator_updates": 2,
        "penalties": [{"name": "gradient_penalty"}],
        "optimizers": {"generator": {"name": "adam", "clip_norm": 1.0}, "discriminator": {"name": "adam"}},
    },
    "r3gan": {
        "loss": {"name": "relativistic"},
        "penalties": [{"name": "r1", "weight": 1.0, "interval": 2}, {"name": "r2", "weight": 1.0, "interval": 3}],
        "augmentation": ["brightness", "saturation", "contrast", "translation", "cutout"],
        "ema_decay": 0.9,
    },
    "hinge_gan": {"loss": {"name": "hinge"}},
}


def train(name, store=None, **changes):
    parameters = AdversarialTrainingParameters.model_validate(COMMON | VARIANTS[name] | changes)
    pair = toy.generator(), toy.discriminator()
    return train_gan(
        "Training", pair, toy.images(), parameters, spectral_normalization=name == "hinge_gan", store=store
    )


def outcome(trained, store):
    logs = trained.result.logs
    state = store.latest().arrays
    return [*trained.generator.get_weights(), *trained.discriminator.get_weights(), *logs.values(), *state.values()]


@pytest.mark.first_case
@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_an_interrupted_variant_ends_at_the_same_bits(name, tmp_path):
    whole, parts = CheckpointStore(tmp_path / "whole"), CheckpointStore(tmp_path / "parts")
    expected = outcome(train(name, whole), whole)
    train(name, parts, steps=3)
    found = outcome(train(name, parts), parts)
    assert len(found) == len(expected)
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_the_weight_limit_holds_for_all_that_the_discriminator_learns():
    weights = train("wgan").discriminator.get_weights()
    assert max(np.abs(values).max() for values in weights) <= np.float32(0.01)
    assert any(np.abs(values).max() == np.float32(0.01) for values in weights)
    free = train("wgan", weight_clip=None).discriminator.get_weights()
    assert max(np.abs(values).max() for values in free) > 0.1


def test_repeated_updates_of_the_discriminator_see_their_own_batches():
    trained = train("wgan_gp")
    assert (trained.pace.examples_per_step, trained.pace.steps_per_epoch) == ((8,), (5,))
    assert trained.result.logs.keys() == {
        *("generator_loss", "discriminator_loss", "wasserstein_estimate", "gradient_penalty", "gradient_norm")
    }


TENTH = """
images: {source: digits, size: 12}
networks: {architecture: residual, latent_size: 5}
training:
  steps: 2
  batch_size: 4
  updates: alternating
  discriminator_updates: 2
  loss: {name: least_squares, generated_target: -1.0, real_target: 1.0, generator_target: 0.0}
  penalties: [{name: r1, weight: 0.5, interval: 2}]
  augmentation: [translation, cutout]
  optimizers:
    generator: {name: rmsprop, schedule: {name: linear, decay_examples: 100}}
    discriminator: {name: sgd, clip_norm: 5.0}
  preview: {images: 1}
"""


@pytest.mark.exhaustive
@pytest.mark.slow
def test_another_variant_is_a_piece_of_yaml():
    parameters = ImageGANParameters.model_validate(yaml.safe_load(TENTH))
    pixels = np.random.default_rng(0).uniform(-1, 1, (16, 12, 12, 1)).astype(np.float32)
    pair = build_networks(parameters.networks, pixels.shape[1:], parameters.training.seed)
    trained = train_gan("Training", pair, pixels, parameters.training)
    logs = trained.result.logs
    assert {"real_accuracy", "generated_accuracy", "r1_penalty"} < logs.keys()
    assert all(len(values) == 2 and np.isfinite(values).all() for values in logs.values())
    assert not np.array_equal(trained.generator.get_weights()[0], pair[0].get_weights()[0])


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"loss": {"name": "hinged"}}, r"`dcgan\.training\.loss\.name` is the text 'hinged', did you mean `hinge`"),
        ({"penalties": [{"name": "r3", "weight": 1.0}]}, r"`dcgan\.training\.penalties\.0\.name` is the text 'r3'"),
        ({"penalties": [{"name": "r1"}]}, r"`dcgan\.training\.penalties\.0\.weight` is missing"),
        (
            {"augmentation": ["cutuot"]},
            r"`dcgan\.training\.augmentation\.0` is the text 'cutuot', did you mean `cutout`",
        ),
    ],
)
def test_mistakes_are_told_by_their_keys(training, message):
    with pytest.raises(UserError, match=message):
        check_parameters({"dcgan": {"training": {"steps": 1} | training}}, SECTIONS, {"dcgan"})


def test_points_are_not_augmented():
    with pytest.raises(UserError, match=r"`quadratic_gan`: `training\.augmentation` is cutout.*these are points"):
        check_parameters({"quadratic_gan": {"training": {"augmentation": ["cutout"]}}}, SECTIONS, {"quadratic_gan"})
