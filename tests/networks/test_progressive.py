"""Networks that grow: the same layers at each size, equal scales, and the fade."""

import keras
import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.networks import progressive
from gan_pipelines.networks.building import build_from
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.training.precision import copy_for_export, copy_for_training

LATENTS = np.random.default_rng(0).normal(size=(4, 64)).astype(np.float32)


def networks(size, fades=False, seed=0):
    return build_from(
        {"progressive": progressive},
        NetworksParameters(architecture="progressive_small"),
        (size, size, 3),
        seed,
        fades=fades,
    )


def shares(value):
    return np.full((4, 1), value, np.float32)


def array(tensor):
    return np.asarray(tensor, np.float64)


def weights_by_name(network):
    return {layer.name: layer.get_weights() for layer in network.layers if layer.weights}


@pytest.mark.parametrize(
    ("architecture", "size", "counts"),
    [
        ("progressive", 1024, (23_071_507, 23_077_137)),
        ("progressive", 128, (22_926_467, 22_932_097)),
        ("progressive_small", 64, (212_811, 213_513)),
    ],
)
def test_they_have_the_published_parameters(architecture, size, counts):
    pair = build_from(
        {"progressive": progressive}, NetworksParameters(architecture=architecture), (size, size, 3), seed=0
    )
    assert tuple(network.count_params() for network in pair) == counts


@pytest.mark.parametrize("player", [0, 1])
def test_networks_of_the_next_size_have_all_layers_of_the_size_before(player):
    smaller, larger = networks(8)[player], networks(16, fades=True)[player]
    known, found = weights_by_name(smaller), weights_by_name(larger)
    assert known.keys() < found.keys()
    assert {name.partition("_")[0] for name in found.keys() - known.keys()} == {"16"}
    assert all([a.shape for a in known[name]] == [a.shape for a in found[name]] for name in known)


def test_the_fade_starts_at_the_enlarged_image_and_ends_at_the_new_layers():
    generator, _ = networks(16, fades=True)
    plain = dict.fromkeys((8, 16))
    for size in plain:
        plain[size], _ = networks(size)
        for layer in plain[size].layers:
            if layer.weights:
                layer.set_weights(generator.get_layer(layer.name).get_weights())
    enlarged = array(plain[8](LATENTS)).repeat(2, axis=1).repeat(2, axis=2)
    new = array(plain[16](LATENTS))
    assert array(generator([LATENTS, shares(0)])) == pytest.approx(enlarged, abs=1e-6)
    assert array(generator([LATENTS, shares(1)])) == pytest.approx(new, abs=1e-6)
    assert array(generator([LATENTS, shares(0.25)])) == pytest.approx(0.75 * enlarged + 0.25 * new, abs=1e-6)


def test_a_discriminator_that_is_not_faded_in_sees_the_halved_image():
    _, discriminator = networks(16, fades=True)
    _, smaller = networks(8)
    for layer in smaller.layers:
        if layer.weights:
            layer.set_weights(discriminator.get_layer(layer.name).get_weights())
    images = np.random.default_rng(1).uniform(-1, 1, (4, 16, 16, 3)).astype(np.float32)
    halved = images.reshape(4, 8, 2, 8, 2, 3).mean(axis=(2, 4))
    assert array(discriminator([images, shares(0)])) == pytest.approx(array(smaller(halved)), abs=1e-5)


def test_features_have_unit_variance_before_normalisation():
    """Kernels of deviation 1 are scaled by the root of their inputs."""
    generator, _ = networks(32)
    features = keras.Model(generator.inputs, [generator.get_layer(f"{size}_conv1").output for size in (8, 16, 32)])
    latents = np.random.default_rng(2).normal(size=(64, 64)).astype(np.float32)
    for values in features(latents):
        assert 0.5 < array(values).var() < 4  # sqrt(2) for the activation that follows


def test_the_deviation_of_a_batch_tells_equal_images():
    _, discriminator = networks(8)
    image = np.random.default_rng(3).uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    others = np.random.default_rng(4).uniform(-1, 1, (3, 8, 8, 3)).astype(np.float32)
    alone = array(discriminator(np.repeat(image, 4, axis=0)))[0]
    assert abs(alone - array(discriminator(np.concatenate([image, others])))[0]) > 1e-3
    assert alone == pytest.approx(array(discriminator(np.repeat(image, 2, axis=0)))[0], abs=1e-5)


@pytest.mark.parametrize("fades", [False, True])
def test_they_are_saved_and_copied_without_layers_of_their_own(fades, tmp_path):
    for network, first in zip(networks(16, fades), (LATENTS, np.ones((4, 16, 16, 3), np.float32)), strict=True):
        inputs = [first, shares(0.5)] if fades else first
        expected = array(network(inputs))
        network.save(tmp_path / "network.keras")
        assert array(keras.models.load_model(tmp_path / "network.keras")(inputs)) == pytest.approx(expected, abs=1e-6)
        assert array(copy_for_export(network)(inputs)) == pytest.approx(expected, abs=1e-6)
        assert np.isfinite(array(copy_for_training(network, "mixed_bfloat16")(inputs))).all()


@pytest.mark.parametrize(("shape", "fades"), [((24, 24, 3), False), ((8, 16, 3), False), ((4, 4, 3), True)])
def test_other_shapes_are_refused(shape, fades):
    with pytest.raises(UserError, match=rf"power of 2, at least {8 if fades else 4} px.*{shape[0]}x{shape[1]} px"):
        build_from(
            {"progressive": progressive}, NetworksParameters(architecture="progressive_small"), shape, 0, fades=fades
        )
