"""BEGAN: errors in place of logits, a control that is steered, and its way through checkpoints."""

import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.adversarial.losses import BoundaryEquilibrium, reconstruction_error_model
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from tests import toy
from tests.backends import step_number

KEY = Key(0, step_number(0))
REAL, GENERATED = np.array([[0.5], [0.3]], np.float32), np.array([[0.1], [0.2]], np.float32)
# Means 0.4 and 0.15; with gamma 0.5 the imbalance is 0.2 - 0.15 = 0.05.


def autoencoder():
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(1)
    pixels = layers.Input(toy.IMAGE_SHAPE, name="pixels")
    code = layers.Dense(4, activation="elu")(layers.Flatten()(pixels))
    return keras.Model(pixels, layers.Reshape(toy.IMAGE_SHAPE)(layers.Dense(16)(code)), name="discriminator")


def train(store=None, images=None, **changes):
    loss = {"name": "boundary_equilibrium", "diversity_ratio": 1.0, "lambda_k": 0.1}
    training = {"steps": 6, "batch_size": 8, "loss": loss, "ema_decay": 0.9, "preview": {"images": 1}}
    images = np.sign(toy.images()) if images is None else images.astype(np.float32)
    parameters = AdversarialTrainingParameters.model_validate(training | changes)
    return train_gan("Training", (toy.generator(), autoencoder()), images, parameters, store=store)


def test_the_losses_are_those_of_the_paper():
    loss = BoundaryEquilibrium(0.5, 0.1)
    loss.equilibrium_k.assign(0.2)
    assert np.asarray(loss.discriminator(REAL, GENERATED, KEY)) == pytest.approx([0.5 - 0.02, 0.3 - 0.04], abs=1e-7)
    assert np.asarray(loss.generator(GENERATED)) == pytest.approx([0.1, 0.2])


def test_the_control_moves_by_the_imbalance_after_the_loss_was_taken():
    loss = BoundaryEquilibrium(0.5, 0.1)
    first = np.asarray(loss.discriminator(REAL, GENERATED, KEY))
    assert first == pytest.approx([0.5, 0.3])  # the control was 0
    assert float(loss.equilibrium_k) == pytest.approx(0.1 * 0.05)
    loss.discriminator(REAL, GENERATED, KEY)
    assert float(loss.equilibrium_k) == pytest.approx(2 * 0.1 * 0.05)


@pytest.mark.parametrize(("start", "real", "expected"), [(0.9, 4.0, 1.0), (0.1, 0.0, 0.0)])
def test_the_control_stays_between_0_and_1(start, real, expected):
    loss = BoundaryEquilibrium(0.5, 1.0)
    loss.equilibrium_k.assign(start)
    loss.discriminator(np.full((2, 1), real, np.float32), GENERATED, KEY)
    assert float(loss.equilibrium_k) == expected


@pytest.mark.parametrize(
    ("real", "generated", "expected"), [(REAL, GENERATED, 0.4 + 0.05), (GENERATED, REAL, 0.15 + abs(0.075 - 0.4))]
)
def test_the_measure_of_convergence_is_that_of_the_paper(real, generated, expected):
    loss = BoundaryEquilibrium(0.5, 0.1)
    loss.equilibrium_k.assign(0.25)
    measured = loss.compute_metrics(real, generated)
    assert tuple(measured) == loss.metric_names
    assert float(measured["global_convergence"]) == pytest.approx(expected)
    assert float(measured["equilibrium_k"]) == 0.25


def test_a_reconstruction_is_rated_by_its_mean_absolute_error():
    network = autoencoder()
    images = toy.images(3)
    errors = np.asarray(reconstruction_error_model(network)(images))
    assert errors.shape == (3, 1)
    assert errors[:, 0] == pytest.approx(np.abs(images - np.asarray(network(images))).mean(axis=(1, 2, 3)), abs=1e-6)


def test_training_the_errors_trains_the_autoencoder():
    network = autoencoder()
    rated = reconstruction_error_model(network)
    assert [id(weight) for weight in rated.trainable_variables] == [id(each) for each in network.trainable_variables]


def test_an_interrupted_training_has_the_same_control_and_all_else_at_the_end(tmp_path):
    whole, parts = CheckpointStore(tmp_path / "whole"), CheckpointStore(tmp_path / "parts")
    expected = train(whole)
    train(parts, steps=3)
    found = train(parts)
    assert found.result.resumed_at == (3,)
    states = whole.latest().arrays, parts.latest().arrays
    assert states[0].keys() == states[1].keys()
    assert all(np.array_equal(states[0][path], states[1][path]) for path in states[0])
    assert states[0]["state/loss_variables/equilibrium_k"] == expected.result.logs["equilibrium_k"][-1] > 0


def test_the_autoencoder_learns_real_images_and_is_what_is_kept():
    optimizers = {name: {"name": "adam", "learning_rate": 0.01} for name in ("generator", "discriminator")}
    trained = train(
        steps=100,
        images=np.linspace(-1, 1, 40)[:, None, None, None] * np.ones((40, *toy.IMAGE_SHAPE)),
        optimizers=optimizers,
    )
    convergence = trained.result.logs["global_convergence"]
    assert convergence[-20:].mean() < 0.5 * convergence[0]
    assert trained.discriminator.output_shape == (None, *toy.IMAGE_SHAPE)


@pytest.mark.parametrize(
    ("model", "section", "message"),
    [
        ("dcgan", {"training": {"loss": {"name": "boundary_equilibrium"}}}, r"need each other.*'autoencoder'"),
        ("dcgan", {"networks": {"architecture": "autoencoder"}}, r"'non_saturating'.*'autoencoder'.*need each other"),
        ("quadratic_gan", {"training": {"loss": {"name": "boundary_equilibrium"}}}, r"these are points"),
    ],
)
def test_the_loss_and_a_discriminator_that_rebuilds_need_each_other(model, section, message):
    with pytest.raises(UserError, match=message):
        check_parameters({model: section}, SECTIONS, {model})
