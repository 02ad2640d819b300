import keras
import numpy as np
import pytest

from gan_pipelines.networks.coupled import left_half
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.engine import flat_weights, set_flat_weights

PAIRS = np.random.default_rng(0).uniform(-1, 1, (3, 8, 16, 1)).astype(np.float32)
LATENTS = np.random.default_rng(1).normal(size=(3, 100)).astype(np.float32)


def build(shape=(8, 16, 1)):
    return build_networks(NetworksParameters(architecture="coupled"), shape, seed=0)


def test_pairs_are_twice_as_wide_as_high_and_each_half_gets_a_logit():
    generator, discriminator = build((28, 56, 1))
    assert (generator.count_params(), discriminator.count_params()) == (6_706_538, 6_557_953)
    pairs = np.asarray(generator(LATENTS))
    assert pairs.shape == (3, 28, 56, 1)
    assert np.abs(pairs).max() <= 1
    assert discriminator(pairs).shape == (3, 2)


@pytest.mark.parametrize(("changed", "other"), [(0, 1), (1, 0)])
def test_no_logit_depends_on_the_other_half(changed, other):
    _, discriminator = build()
    pairs = PAIRS.copy()
    pairs[:, :, 8 * changed : 8 * (changed + 1)] = 0.5
    before, after = np.asarray(discriminator(PAIRS)), np.asarray(discriminator(pairs))
    assert np.array_equal(before[:, other], after[:, other])
    assert not np.array_equal(before[:, changed], after[:, changed])


def test_the_last_layers_of_the_discriminators_are_the_same_ones():
    _, discriminator = build()
    discriminator.get_layer("right_convolution").set_weights(discriminator.get_layer("left_convolution").get_weights())
    alike = np.concatenate([PAIRS[:, :, :8]] * 2, axis=2)
    left, right = np.asarray(discriminator(alike)).T
    assert left == pytest.approx(right, abs=1e-6)


def test_the_generators_share_all_but_their_last_layers():
    generator, _ = build()
    for name in ("strokes", "pixels"):
        generator.get_layer(f"right_{name}").set_weights(generator.get_layer(f"left_{name}").get_weights())
    left, right = np.split(np.asarray(generator(LATENTS)), 2, axis=2)
    assert left == pytest.approx(right, abs=1e-6)
    assert np.abs(left[0] - left[1]).max() > 1e-4


def test_the_left_half_of_a_generator_has_all_its_weights():
    generator, _ = build()
    left = left_half(generator)
    assert np.array_equal(np.asarray(left(LATENTS)), np.asarray(generator(LATENTS))[:, :, :8])
    weights = flat_weights(generator) * 2
    set_flat_weights(left, weights)
    assert np.array_equal(flat_weights(generator), weights)


def test_the_left_half_is_a_plain_keras_file(tmp_path):
    left = left_half(build()[0])
    left.save(tmp_path / "left.keras")
    loaded = keras.saving.load_model(tmp_path / "left.keras")
    assert np.array_equal(np.asarray(loaded(LATENTS)), np.asarray(left(LATENTS)))
