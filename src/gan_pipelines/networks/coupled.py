"""Coupled GANs for two domains of 28x28 images, with shared layers.

Liu and Tuzel, "Coupled Generative Adversarial Networks", 2016: the generators share their first layers (high-level
features) and have separate last layers (rendering per domain); the discriminators have separate first layers and share
the last ones. Both images of a latent therefore have the same content, although training uses no paired images.

The layers are those of the InfoGAN, with a bottleneck of few channels between the generators' shared and separate
layers, which limits domain-specific information in the shared features. (On the embedded digits and their edges, with
batches of 64 and one seed, 81 % of the pairs had the same class in both halves after 900 steps; without the bottleneck
and with one separate layer on 64 channels, 51 %.)

A pair is one image, twice as wide as high, so previews, snapshots and sampling treat it like any other image. No layer
of the discriminator combines both halves, so it does not compare them.
"""

from keras import layers

from gan_pipelines.networks.blocks import DROPOUT, FEATURES, batch_norm, generator_trunk, leaky_relu
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

DOMAINS = ("left", "right")

_BOTTLENECK = 8  # channels, at half the resolution


def coupled_generator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's generator up to the bottleneck, and two layers per domain; 6,706,538 parameters at 28x56x1.

    Returns:
        A model from latents ``(batch, latent_size)`` to pairs, pixels in [-1, 1] ``(batch, height, width, channels)``
        whose left half is of one domain and whose right half is of the other.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    shared = generator_trunk(latent, height, width // 2)
    shared = layers.ReLU()(batch_norm(layers.Conv2D(_BOTTLENECK, 3, padding="same", name="waist")(shared)))
    halves = []
    for domain in DOMAINS:
        x = layers.Conv2DTranspose(32, 4, strides=2, padding="same", name=f"{domain}_strokes")(shared)
        x = layers.ReLU()(batch_norm(x))
        halves.append(layers.Conv2D(channels, 3, padding="same", activation="tanh", name=f"{domain}_pixels")(x))
    return keras.Model(latent, layers.Concatenate(axis=2, name="pixels")(halves), name="generator")


def coupled_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's discriminator with one first layer per domain; 6,557,953 parameters at 28x56x1.

    Returns:
        A model from pairs, pixels in [-1, 1] ``(batch, height, width, channels)``, to one logit per half
        ``(batch, 2)``.
    """
    _, width, _ = specification.sample_shape
    pixels = layers.Input(specification.sample_shape, name="pixels")
    second = layers.Conv2D(128, 4, strides=2, padding="same", name="shared_convolution")
    features = layers.Dense(FEATURES, name="shared_features")
    logit = layers.Dense(1, name="shared_logit")
    logits = []
    for domain, cropping in zip(DOMAINS, ((0, width // 2), (width // 2, 0)), strict=True):
        half = layers.Cropping2D((0, cropping), name=f"{domain}_half")(pixels)
        x = layers.Conv2D(64, 4, strides=2, padding="same", name=f"{domain}_convolution")(half)
        x = layers.Dropout(DROPOUT)(leaky_relu(second(layers.Dropout(DROPOUT)(leaky_relu(x)))))
        logits.append(logit(leaky_relu(features(layers.Flatten()(x)))))
    return keras.Model(pixels, layers.Concatenate(name="logits")(logits), name="discriminator")


def left_half(generator: keras.Model) -> keras.Model:
    """Returns a model that outputs the left images of the pairs only; it shares all weights with the generator."""
    (latent,), (pixels,) = generator.inputs, generator.outputs
    cropped = layers.Cropping2D((0, (0, pixels.shape[2] // 2)), name="left_half")(pixels)
    return keras.Model(latent, cropped, name="generator")
