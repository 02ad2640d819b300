import keras
import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks

PARAMETERS = NetworksParameters(architecture="conditional_transposed", latent_size=5)


@pytest.fixture(scope="module")
def networks():
    return build_networks(PARAMETERS, (8, 8, 1), seed=0, classes=3)


def of_class(label, count=1):
    return np.eye(3, dtype=np.float32)[[label] * count]


def test_the_class_changes_what_is_drawn_from_the_same_latents(networks):
    latents = np.ones((1, 5), np.float32)
    drawn = [np.asarray(networks[0]([latents, of_class(label)])) for label in range(3)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3
    assert np.abs(drawn[1] - drawn[2]).max() > 1e-3


def test_the_logit_is_that_of_any_image_plus_the_product_of_features_and_class(networks):
    discriminator = networks[1]
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 1)).astype(np.float32)
    features = keras.Model(discriminator.inputs, discriminator.get_layer("realism").input)
    (embedding,) = discriminator.get_layer("label_embedding").get_weights()
    kernel, bias = discriminator.get_layer("realism").get_weights()
    for label in range(3):
        seen = np.asarray(features([pixels, of_class(label, 2)]))
        expected = seen @ kernel + bias + (seen @ embedding[label])[:, None]
        np.testing.assert_allclose(discriminator([pixels, of_class(label, 2)]), expected, rtol=1e-4, atol=1e-6)


def test_images_without_classes_are_refused_with_what_to_do():
    with pytest.raises(UserError, match=r"these images have no classes.*images\.source.*networks\.architecture"):
        build_networks(PARAMETERS, (8, 8, 1), seed=0)


def test_other_architectures_leave_classes_unread():
    generator, discriminator = build_networks(NetworksParameters(), (28, 28, 1), seed=0, classes=3)
    assert len(generator.inputs) == len(discriminator.inputs) == 1
