import numpy as np

from gan_pipelines.networks.architectures import ARCHITECTURES
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks


def build(shape=(28, 28, 1)):
    return build_networks(NetworksParameters(architecture="autoencoder"), shape, seed=0)


def test_the_discriminator_rebuilds_what_it_sees():
    generator, discriminator = build((32, 32, 3))
    pixels = np.asarray(generator(np.zeros((2, 16), np.float32)))
    assert np.abs(pixels).max() <= 1
    assert discriminator(pixels).shape == pixels.shape == (2, 32, 32, 3)
    assert ARCHITECTURES["autoencoder"].rebuilds


def test_the_generator_is_a_decoder_as_large_as_that_of_the_discriminator():
    generator, discriminator = build()
    assert generator.count_params() == 35_833
    assert discriminator.count_params() == 180_857
    decoder = [weights.shape for weights in generator.get_weights()]
    assert [weights.shape for weights in discriminator.get_weights()][-len(decoder) :] == decoder


def test_neither_has_normalisation_or_dropout():
    for network in build():
        kinds = {type(layer).__name__ for layer in network.layers}
        assert kinds <= {"InputLayer", "Dense", "Reshape", "Flatten", "Conv2D", "UpSampling2D"}
