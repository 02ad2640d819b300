"""Residual networks without normalisation, small enough for 28x28 pixels on two cores.

After Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024:
generator and discriminator mirror each other; blocks add to what passes by and start by adding nothing (Zhang, Dauphin
and Ma, "Fixup Initialization", 2019), which takes the place of normalisation; sizes change without weights.
"""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_WIDTHS = (96, 48, 24)
"""Channels at a quarter of the size, at half of it and at all of it."""


def _block(x: keras.KerasTensor) -> keras.KerasTensor:
    """Adds two convolutions of a normal and a bottleneck width to what passes by."""
    width = x.shape[-1]
    y = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal")(_activated(x))
    y = layers.Conv2D(width, 1, kernel_initializer="zeros")(_activated(y))
    return layers.Add()([x, y])


def _activated(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.LeakyReLU(negative_slope=0.2)(x)


def _widened(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    return layers.Conv2D(width, 1, use_bias=False)(x)


def generator(specification: NetworkSpecification) -> keras.Model:
    """A block at each of three sizes; 433,033 parameters at 28x28x1 and latent size 64.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense((height // 4) * (width // 4) * _WIDTHS[0])(latent)
    x = _block(layers.Reshape((height // 4, width // 4, _WIDTHS[0]))(x))
    for filters in _WIDTHS[1:]:
        # Channels first: fewer of them are enlarged, and a 1x1 convolution does not care about the order.
        x = _block(layers.UpSampling2D(interpolation="bilinear")(_widened(x, filters)))
    x = layers.Conv2D(channels, 3, padding="same")(_activated(x))
    return keras.Model(latent, layers.Activation("tanh", name="pixels")(x), name="generator")


def discriminator(specification: NetworkSpecification) -> keras.Model:
    """The generator's mirror; 132,001 parameters at 28x28x1.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = layers.Conv2D(_WIDTHS[-1], 3, padding="same")(pixels)
    for filters in reversed(_WIDTHS[:-1]):
        x = _widened(layers.AveragePooling2D(2)(_block(x)), filters)
    x = layers.Flatten()(_activated(_block(x)))
    return keras.Model(pixels, layers.Dense(1, name="logits")(x), name="discriminator")
