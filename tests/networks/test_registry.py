import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.sampling import network_inputs
from gan_pipelines.errors import UserError
from gan_pipelines.networks.architectures import ARCHITECTURES
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.codes import CodeParameters

PUBLISHED = [
    ("mnist_transposed", (28, 28, 1), 2_330_944, 212_865),
    ("mnist_critic", (28, 28, 1), 2_330_944, 212_865),
    ("residual", (28, 28, 1), 433_033, 132_001),
    ("mnist_upsampling", (28, 28, 1), 21_162_496, 14_209),
    ("fashion_upsampling", (28, 28, 1), 856_193, 393_729),
    ("photo_upsampling", (96, 96, 3), 2_452_611, 1_658_945),
    ("photo_selu", (64, 64, 3), 378_563, 175_761),
    ("photo_relu", (64, 64, 3), 378_563, 175_761),
    ("mlp", (28, 28, 1), 1_526_288, 201_217),
    ("photo_mlp", (96, 96, 3), 2_710_464, 1_773_761),
    ("conditional_transposed", (28, 28, 1), 6_665_153, 6_571_713),
    ("infogan", (28, 28, 1), 6_667_201, 6_689_871),
    ("quadratic_mlp", (2,), 122, 101),
]


@pytest.mark.parametrize(("architecture", "shape", "generator_count", "discriminator_count"), PUBLISHED)
def test_networks_are_those_published(architecture, shape, generator_count, discriminator_count):
    codes = CodeParameters() if "codes" in ARCHITECTURES[architecture].takes else None
    parameters = NetworksParameters(architecture=architecture, codes=codes)
    generator, discriminator = build_networks(parameters, shape, seed=0, classes=10)
    assert generator.count_params() == generator_count
    assert discriminator.count_params() == discriminator_count
    latents = np.zeros((2, ARCHITECTURES[architecture].latent_size + (codes.size if codes else 0)), np.float32)
    classes = np.eye(10, dtype=np.float32)[:2] if "labels" in ARCHITECTURES[architecture].takes else None
    samples = np.asarray(generator(network_inputs(latents, classes)))
    assert samples.shape == (2, *shape)
    assert np.abs(samples).max() <= 1
    judged = discriminator(network_inputs(samples, classes))
    assert [tuple(part.shape) for part in (judged if codes else [judged])] == [
        (2, 1),
        *([(2, 10), (2, 4)] if codes else []),
    ]


def test_every_architecture_is_checked_against_its_publication():
    counted_elsewhere = {"autoencoder", "coupled", "progressive", "progressive_small"}  # in tests of their own
    assert {row[0] for row in PUBLISHED} | counted_elsewhere == ARCHITECTURES.keys()


@pytest.mark.parametrize(
    "architecture", ["mnist_transposed", "mnist_critic", "fashion_upsampling", "photo_upsampling", "residual"]
)
def test_heads_give_logits_and_generators_end_in_tanh(architecture):
    generator, discriminator = build_networks(NetworksParameters(architecture=architecture), (32, 32, 1), seed=0)
    assert discriminator.layers[-1].activation is keras.activations.linear
    assert generator.layers[-1].activation is keras.activations.tanh


@pytest.mark.parametrize("size", [32, 64, 128])
def test_photos_of_any_multiple_of_32_px(size):
    generator, discriminator = build_networks(
        NetworksParameters(architecture="photo_upsampling"), (size, size, 3), seed=0
    )
    assert generator.output_shape == (None, size, size, 3)
    assert discriminator.input_shape == (None, size, size, 3)


def test_a_size_that_does_not_fit_is_refused_with_what_does():
    with pytest.raises(UserError, match=r"multiple of 32 px; the images are 28x28 px"):
        build_networks(NetworksParameters(architecture="photo_upsampling"), (28, 28, 1), seed=0)


def test_the_latent_size_can_be_chosen():
    generator, _ = build_networks(NetworksParameters(latent_size=7), (28, 28, 1), seed=0)
    assert generator.input_shape == (None, 7)


def test_names_and_weights_depend_on_the_seed_alone():
    parameters, shape = NetworksParameters(architecture="fashion_upsampling"), (28, 28, 1)
    first = build_networks(parameters, shape, seed=3)
    keras.layers.Dense(2)(np.zeros((1, 2), np.float32))  # moves Keras's counter of names and its random state
    again = build_networks(parameters, shape, seed=3)
    other = build_networks(parameters, shape, seed=4)
    for one, same, different in zip(first, again, other, strict=True):
        assert [variable.path for variable in one.weights] == [variable.path for variable in same.weights]
        assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), same.get_weights(), strict=True))
        assert not np.array_equal(one.get_weights()[0], different.get_weights()[0])


@pytest.mark.parametrize("architecture", ["mnist_critic", "residual"])
def test_critics_say_the_same_of_a_sample_whatever_is_beside_it(architecture):
    _, discriminator = build_networks(NetworksParameters(architecture=architecture), (28, 28, 3), seed=0)
    images = np.random.default_rng(0).uniform(-1, 1, (4, 28, 28, 3)).astype(np.float32)
    together, alone = discriminator(images, training=True), discriminator(images[:1], training=True)
    assert np.asarray(together)[0] == pytest.approx(np.asarray(alone)[0], rel=1e-4)


def test_residual_networks_have_no_normalisation_and_blocks_start_by_adding_nothing():
    for network in build_networks(NetworksParameters(architecture="residual"), (28, 28, 1), seed=0):
        assert "BatchNormalization" not in {type(layer).__name__ for layer in network.layers}
        last = [layer.input[1] for layer in network.layers if isinstance(layer, keras.layers.Add)]
        assert len(last) == 3
        kernels = [layer.kernel for layer in network.layers if any(layer.output is each for each in last)]
        assert all(np.all(np.asarray(kernel) == 0) for kernel in kernels)
