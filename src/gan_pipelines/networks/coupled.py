"""Two GANs for two kinds of 28x28 images, coupled by the layers that they share.

Liu and Tuzel, "Coupled Generative Adversarial Networks", 2016: the generators share the layers that decide what is
drawn and have their own for how it looks; the discriminators have their own for how it looks and share those that
judge what it is. What is drawn from one latent is therefore the same thing twice, though no pair was ever shown.

A pair is one picture here, twice as wide as high, so that it is previewed, kept and drawn like any other. No layer of
the discriminator sees both halves at once, so it cannot tell whether they belong together.
"""

import keras
from keras import layers

from gan_pipelines.networks.mnist import transposed_features
from gan_pipelines.networks.specification import NetworkSpecification

DOMAINS = ("left", "right")


def coupled_generator(specification: NetworkSpecification) -> keras.Model:
    """The transposed generator with two last layers; 2,332,546 parameters at 28x56x1 and latent size 100.

    Returns:
        A model from latents ``(batch, latent_size)`` to pairs, pixels in [-1, 1] ``(batch, height, width, channels)``
        whose left half is of one domain and whose right half is of the other.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    shared = transposed_features(latent, height, width // 2)
    halves = [
        layers.Conv2DTranspose(channels, 5, strides=2, padding="same", activation="tanh", name=f"{domain}_pixels")(
            shared
        )
        for domain in DOMAINS
    ]
    return keras.Model(latent, layers.Concatenate(axis=2, name="pixels")(halves), name="generator")


def coupled_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The strided discriminator with two first layers; 214,529 parameters at 28x56x1.

    Returns:
        A model from pairs, pixels in [-1, 1] ``(batch, height, width, channels)``, to a logit for each half
        ``(batch, 2)``.
    """
    _, width, _ = specification.sample_shape
    pixels = layers.Input(specification.sample_shape, name="pixels")
    second = layers.Conv2D(128, 5, strides=2, padding="same", name="shared_convolution")
    judgement = layers.Dense(1, name="shared_logit")
    logits = []
    for domain, cropping in zip(DOMAINS, ((0, width // 2), (width // 2, 0)), strict=True):
        half = layers.Cropping2D((0, cropping), name=f"{domain}_half")(pixels)
        x = layers.Conv2D(64, 5, strides=2, padding="same", name=f"{domain}_convolution")(half)
        x = second(layers.Dropout(0.3)(layers.LeakyReLU()(x)))
        logits.append(judgement(layers.Flatten()(layers.Dropout(0.3)(layers.LeakyReLU()(x)))))
    return keras.Model(pixels, layers.Concatenate(name="logits")(logits), name="discriminator")


def left_half(generator: keras.Model) -> keras.Model:
    """Returns a model of the same layers, and so of the same weights, that draws the left images of the pairs alone."""
    (latent,), (pixels,) = generator.inputs, generator.outputs
    cropped = layers.Cropping2D((0, (0, pixels.shape[2] // 2)), name="left_half")(pixels)
    return keras.Model(latent, cropped, name="generator")
