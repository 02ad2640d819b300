"""Two GANs for two kinds of 28x28 images, coupled by the layers that they share.

Liu and Tuzel, "Coupled Generative Adversarial Networks", 2016: the generators share the layers that decide what is
drawn and have their own for how it looks; the discriminators have their own for how it looks and share those that
judge what it is. What is drawn from one latent is therefore the same thing twice, though no pair was ever shown.

The layers are those of the InfoGAN, with a waist of few channels between the generators' shared and own ones: little
can pass there that only one of the two heeds. (On the embedded digits and their edges, batches of 64 and one seed, 81 %
of the pairs were of one class after 900 steps; without the waist, one own layer after 64 channels, 51 %.)

A pair is one picture here, twice as wide as high, so that it is previewed, kept and drawn like any other. No layer of
the discriminator sees both halves at once, so it cannot tell whether they belong together.
"""

from keras import layers

from gan_pipelines.networks.information import DROPOUT, FEATURES, drawn_features, leaky, normalised
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

DOMAINS = ("left", "right")

_WAIST = 8  # channels at half of the image's size


def coupled_generator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's generator to its waist, and two layers for each domain; 6,706,538 parameters at 28x56x1.

    Returns:
        A model from latents ``(batch, latent_size)`` to pairs, pixels in [-1, 1] ``(batch, height, width, channels)``
        whose left half is of one domain and whose right half is of the other.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    shared = drawn_features(latent, height, width // 2)
    shared = layers.ReLU()(normalised(layers.Conv2D(_WAIST, 3, padding="same", name="waist")(shared)))
    halves = []
    for domain in DOMAINS:
        x = layers.Conv2DTranspose(32, 4, strides=2, padding="same", name=f"{domain}_strokes")(shared)
        x = layers.ReLU()(normalised(x))
        halves.append(layers.Conv2D(channels, 3, padding="same", activation="tanh", name=f"{domain}_pixels")(x))
    return keras.Model(latent, layers.Concatenate(axis=2, name="pixels")(halves), name="generator")


def coupled_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's discriminator with two first layers; 6,557,953 parameters at 28x56x1.

    Returns:
        A model from pairs, pixels in [-1, 1] ``(batch, height, width, channels)``, to a logit for each half
        ``(batch, 2)``.
    """
    _, width, _ = specification.sample_shape
    pixels = layers.Input(specification.sample_shape, name="pixels")
    second = layers.Conv2D(128, 4, strides=2, padding="same", name="shared_convolution")
    features = layers.Dense(FEATURES, name="shared_features")
    judgement = layers.Dense(1, name="shared_logit")
    logits = []
    for domain, cropping in zip(DOMAINS, ((0, width // 2), (width // 2, 0)), strict=True):
        half = layers.Cropping2D((0, cropping), name=f"{domain}_half")(pixels)
        x = layers.Conv2D(64, 4, strides=2, padding="same", name=f"{domain}_convolution")(half)
        x = layers.Dropout(DROPOUT)(leaky(second(layers.Dropout(DROPOUT)(leaky(x)))))
        logits.append(judgement(leaky(features(layers.Flatten()(x)))))
    return keras.Model(pixels, layers.Concatenate(name="logits")(logits), name="discriminator")


def left_half(generator: keras.Model) -> keras.Model:
    """Returns a model of the same layers, and so of the same weights, that draws the left images of the pairs alone."""
    (latent,), (pixels,) = generator.inputs, generator.outputs
    cropped = layers.Cropping2D((0, (0, pixels.shape[2] // 2)), name="left_half")(pixels)
    return keras.Model(latent, cropped, name="generator")
