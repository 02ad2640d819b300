import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.losses import Hinge
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.spectral_normalization import (
    add_spectral_norm,
    remove_spectral_norm,
    update_singular_vectors,
)
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.training.backend import Key
from tests import toy
from tests.backends import gradient, step_number

IMAGES = toy.images()[:5]


def network():
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(3)
    pixels = keras.layers.Input(toy.IMAGE_SHAPE)
    x = keras.layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", bias_initializer="ones")(pixels)
    x = keras.layers.Conv2D(5, 2, use_bias=False)(keras.layers.LeakyReLU()(x))
    return keras.Model(pixels, keras.layers.Dense(1, bias_initializer="ones")(keras.layers.Flatten()(x)))


def largest_singular_values(model):
    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    return [np.linalg.svd(np.reshape(kernel, (-1, kernel.shape[-1])), compute_uv=False)[0] for kernel in kernels]


def normalised(iterations=60):
    model = add_spectral_norm(network(), seed=0)
    for _ in range(iterations):
        update_singular_vectors(model)
    return model


def test_after_enough_iterations_every_singular_value_is_one():
    exported = remove_spectral_norm(normalised())
    assert largest_singular_values(network()) != pytest.approx([1, 1, 1], abs=0.1)
    assert largest_singular_values(exported) == pytest.approx([1, 1, 1], abs=1e-3)


def test_plain_layers_compute_what_the_normalised_ones_did():
    model = normalised(iterations=2)
    exported = remove_spectral_norm(model)
    assert np.asarray(exported(IMAGES)) == pytest.approx(np.asarray(model(IMAGES)), abs=1e-6)
    assert {type(layer).__module__.split(".")[0] for layer in exported.layers} == {"keras"}
    assert [weight.path for weight in exported.weights] == [weight.path for weight in network().weights]


def test_only_scales_are_changed_and_what_was_given_is_left():
    given = network()
    model = add_spectral_norm(given, seed=0)
    for mine, theirs in zip(model.trainable_weights, given.weights, strict=True):
        assert np.array_equal(mine, theirs)
    assert np.array_equal(given.get_weights()[0], network().get_weights()[0])


def test_calls_move_nothing_and_the_start_depends_on_the_seed():
    model = add_spectral_norm(network(), seed=0)
    before = model.get_weights()
    model(IMAGES, training=True)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    vectors = model.non_trainable_weights
    again = add_spectral_norm(network(), seed=0).non_trainable_weights
    other = add_spectral_norm(network(), seed=1).non_trainable_weights
    assert len(vectors) == 3
    assert all(np.array_equal(a, b) for a, b in zip(vectors, again, strict=True))
    assert not np.array_equal(vectors[0], other[0])


def test_the_gradient_passes_through_the_singular_value():
    """Against finite differences with the vector held fast; a scaled kernel changes nothing, so <g, W> is 0."""
    model = normalised(iterations=3)
    layer = model.layers[1]

    kernel = np.array(layer.kernel)

    def summed(values):
        with keras.StatelessScope([(layer.kernel, values)]):
            return keras.ops.sum(model(IMAGES) ** 2)

    def loss(values):
        with keras.StatelessScope([(layer.kernel, keras.ops.convert_to_tensor(values))]):
            return np.sum(np.asarray(model(IMAGES), np.float64) ** 2)

    slope = gradient(summed, kernel)
    for index in [(0, 0, 0, 0), (1, 2, 0, 3), (2, 2, 0, 5)]:
        step = np.zeros_like(kernel)
        step[index] = 1e-3
        difference = loss(kernel + step) - loss(kernel - step)
        assert slope[index] == pytest.approx(difference / 2e-3, rel=1e-2, abs=1e-3)
    assert float(np.sum(slope * kernel)) == pytest.approx(0, abs=1e-3 * float(np.abs(slope).sum()))


TRAINING = {
    "steps": 200,
    "batch_size": 8,
    "updates": "alternating",
    "loss": {"name": "hinge"},
    "preview": {"images": 1, "every_steps": 1000},
}


def test_after_training_every_singular_value_is_one_and_layers_are_plain(tmp_path):
    parameters = AdversarialTrainingParameters.model_validate(TRAINING)
    pair = toy.generator(), network()
    trained = train_gan("Training", pair, toy.images(), parameters, spectral_normalization=True)
    assert largest_singular_values(trained.discriminator) == pytest.approx([1, 1, 1], rel=0.02)
    trained.discriminator.save(tmp_path / "discriminator.keras")
    read = keras.models.load_model(tmp_path / "discriminator.keras")
    assert np.array_equal(np.asarray(read(IMAGES)), np.asarray(trained.discriminator(IMAGES)))


@pytest.mark.parametrize(("player", "moves"), [("discriminator", True), ("generator", False)])
def test_singular_vectors_move_with_the_discriminator_alone(player, moves):
    model = add_spectral_norm(network(), seed=0)
    before = [np.array(weight) for weight in model.non_trainable_weights]
    objective = AdversarialObjective(toy.generator(), model, Hinge())
    objective((player,), {"samples": keras.ops.convert_to_tensor(IMAGES)}, Key(0, step_number(0)))
    once = add_spectral_norm(network(), seed=0)
    update_singular_vectors(once)
    expected = once.non_trainable_weights if moves else before
    for weight, value in zip(model.non_trainable_weights, expected, strict=True):
        assert np.asarray(weight) == pytest.approx(np.asarray(value), abs=1e-6)


def test_a_kernel_that_starts_at_zero_is_refused():
    zero = network()
    zero.layers[-1].kernel.assign(np.zeros(zero.layers[-1].kernel.shape))
    with pytest.raises(UserError, match=r"networks\.spectral_normalization.*'dense' is initialised to zero"):
        add_spectral_norm(zero, seed=0)
