"""Codes in latents, the bound on what samples tell of them, and a training that is paid for it."""

import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.adversarial.mutual_information import (
    MutualInformationPenalty,
    cyclic_categories,
    draw_codes,
    traversals,
)
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.sampling import draw_latents
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.codes import CodeParameters
from tests import toy
from tests.backends import step_number

CODES = CodeParameters(categories=3, continuous=2)
ONLY_CATEGORIES = CodeParameters(categories=3, continuous=0)
KEY = Key(0, step_number(0))
TRAINING = {"steps": 4, "batch_size": 8, "checkpoint_every_steps": 2, "ema_decay": 0.9}


def train(store=None, codes=CODES, **changes):
    parameters = AdversarialTrainingParameters.model_validate(TRAINING | changes)
    return train_gan("Training", toy.coded_pair(codes), toy.images(), parameters, codes=codes, store=store)


def everything(trained):
    return [*trained.generator.get_weights(), *trained.discriminator.get_weights(), *trained.result.logs.values()]


def assert_equal(first, second):
    assert len(first) == len(second)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_bound_of_a_sample_is_entropy_less_surprise():
    latents = np.array([[9, 9, 0, 1, 0, 0.5, -1.0], [9, 9, 1, 0, 0, 0.0, 0.0]], np.float32)
    logits = np.log(np.array([[0.2, 0.7, 0.1], [1 / 3, 1 / 3, 1 / 3]], np.float32))
    estimates = np.array([[0.5, 0.0, 0.0, np.log(0.5)], [0, 0, 0, 0]], np.float32)  # two means, two log deviations
    loss, bounds = MutualInformationPenalty(CODES, 2.0, 0.5).loss(latents, [logits, estimates])
    # By hand: log 3 + log 0.7 and log 3 + log 1/3; Gaussians: log(2 pi) / 2 + log deviation + distance^2 / 2.
    categorical = [1.0986123 - 0.3566749, 0.0]
    first = 0.9189385 + (0.9189385 - 0.6931472 + (1 / 0.5) ** 2 / 2)
    continuous = [2 * 0.6931472 - first, 2 * 0.6931472 - 2 * 0.9189385]
    np.testing.assert_allclose(bounds["categorical_information"], categorical, atol=1e-5)
    np.testing.assert_allclose(bounds["continuous_information"], continuous, atol=1e-5)
    np.testing.assert_allclose(loss, -2.0 * np.array(categorical) - 0.5 * np.array(continuous), atol=1e-5)


def test_codes_are_drawn_evenly():
    drawn = np.asarray(MutualInformationPenalty(CODES, 1, 1).draw(6000, KEY))
    categories, numbers = drawn[:, :3], drawn[:, 3:]
    assert np.array_equal(categories.sum(axis=1), np.ones(6000))
    assert set(np.unique(categories)) == {0, 1}
    np.testing.assert_allclose(categories.mean(axis=0), 1 / 3, atol=0.03)
    assert -1 <= numbers.min() < -0.99 < 0.99 < numbers.max() <= 1
    np.testing.assert_allclose(numbers.var(axis=0), 1 / 3, atol=0.02)


def test_samples_take_categories_in_turn():
    latents = draw_latents(toy.coded_pair(CODES)[0], 5, "normal", 0, "samples", CODES)
    assert latents.shape == (5, toy.LATENT_SIZE + 5)
    assert latents[:, 3:6].argmax(axis=1).tolist() == cyclic_categories(CODES, 5).tolist() == [0, 1, 2, 0, 1]
    assert draw_codes(ONLY_CATEGORIES, 2, 0, "samples").tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_traversal_changes_one_code_and_nothing_else():
    latents = np.arange(16, dtype=np.float32).reshape(2, 8)
    category, first, second = traversals(latents, CODES, columns=4).items()
    assert [name for name, _ in (category, first, second)] == [
        "category, from 0 to 2",
        "number 1, from -1 to 1",
        "number 2, from -1 to 1",
    ]
    assert category[1].shape == (2, 3, 8)
    assert np.array_equal(category[1][0, :, 3:6], np.eye(3))
    np.testing.assert_allclose(second[1][1, :, 7], [-1, -1 / 3, 1 / 3, 1], rtol=1e-6)
    for changed, (_, path) in ((slice(3, 6), category), (slice(6, 7), first), (slice(7, 8), second)):
        others = np.delete(path, changed, axis=2)
        assert np.array_equal(others, np.repeat(np.delete(latents, changed, axis=1)[:, None], path.shape[1], axis=1))


@pytest.mark.parametrize("players", [("discriminator", "generator"), ("generator",), ("discriminator",)])
def test_both_players_are_paid_for_the_same_bound(players):
    generator, discriminator = toy.coded_pair(CODES)
    batch = {"samples": keras.ops.convert_to_tensor(toy.images()[:8])}
    losses = []
    for weight in (0.0, 2.0):
        objective = AdversarialObjective(
            generator, discriminator, NonSaturating(), mutual_information=MutualInformationPenalty(CODES, weight, 0.0)
        )
        losses.append(objective(players, batch, KEY))
    without, paid = losses
    assert paid.losses.keys() == set(players)
    for player in players:
        expected = without.losses[player] - 2.0 * paid.metrics["categorical_information"]
        np.testing.assert_allclose(paid.losses[player], expected, rtol=1e-5)


@pytest.mark.first_case
@pytest.mark.parametrize("codes", [CODES, ONLY_CATEGORIES])
def test_samples_come_to_tell_their_codes(codes):
    adam = {"name": "adam", "learning_rate": 0.01}
    trained = train(codes=codes, steps=250, batch_size=16, optimizers={"generator": adam, "discriminator": adam})
    information = trained.result.logs["categorical_information"]
    assert information[0] < 0.3
    assert information[-50:].mean() > 0.8 * np.log(3)
    assert ("continuous_information" in trained.result.logs) == bool(codes.continuous)


@pytest.mark.first_case
@pytest.mark.parametrize("updates", ["simultaneous", "alternating"])
def test_interrupted_equals_uninterrupted(tmp_path, updates):
    store = CheckpointStore(tmp_path / "checkpoints")
    train(store, steps=2, updates=updates)
    resumed = train(store, updates=updates)
    assert resumed.result.resumed_at == (2,)
    assert_equal(everything(resumed), everything(train(updates=updates)))


def test_another_weight_of_the_bound_is_another_configuration(tmp_path):
    store = CheckpointStore(tmp_path / "checkpoints")
    train(store, steps=2, mutual_information={"categorical": 1.0, "continuous": 0.1})
    with pytest.raises(UserError, match=r"training\.mutual_information\.categorical: 1\.0 in the checkpoint, 0\.5 now"):
        train(store, mutual_information={"categorical": 0.5, "continuous": 0.1})


def test_penalties_and_normalisation_look_at_the_logits_alone():
    parameters = AdversarialTrainingParameters.model_validate(
        TRAINING | {"penalties": [{"name": "r1", "weight": 1.0}], "loss": {"name": "relativistic"}}
    )
    trained = train_gan(
        "Training", toy.coded_pair(CODES), toy.images(), parameters, codes=CODES, spectral_normalization=True
    )
    assert all(np.isfinite(values).all() for values in trained.result.logs.values())
    assert len(trained.discriminator.outputs) == 3
