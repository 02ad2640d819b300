"""Residual networks without normalisation, small enough to train 28x28 images on two CPU cores.

After Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024:
generator and discriminator are symmetric; the last convolution of each residual block is initialised to zero (Zhang,
Dauphin and Ma, "Fixup Initialization", 2019), which replaces normalisation; resampling has no weights.
"""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_WIDTHS = (96, 48, 24)
"""Channels at 1/4, 1/2 and full resolution."""


def _block(x: keras.KerasTensor) -> keras.KerasTensor:
    """Adds a residual branch of a 3x3 convolution and a 1x1 convolution, the latter initialised to zero."""
    width = x.shape[-1]
    y = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal")(_activation(x))
    y = layers.Conv2D(width, 1, kernel_initializer="zeros")(_activation(y))
    return layers.Add()([x, y])


def _activation(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.LeakyReLU(negative_slope=0.2)(x)


def _projection(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    return layers.Conv2D(width, 1, use_bias=False)(x)


def generator(specification: NetworkSpecification) -> keras.Model:
    """One residual block at each of three resolutions; 433,033 parameters at 28x28x1 and latent size 64.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense((height // 4) * (width // 4) * _WIDTHS[0])(latent)
    x = _block(layers.Reshape((height // 4, width // 4, _WIDTHS[0]))(x))
    for filters in _WIDTHS[1:]:
        # A 1x1 convolution commutes with bilinear upsampling; reducing the channels first is cheaper.
        x = _block(layers.UpSampling2D(interpolation="bilinear")(_projection(x, filters)))
    x = layers.Conv2D(channels, 3, padding="same")(_activation(x))
    return keras.Model(latent, layers.Activation("tanh", name="pixels")(x), name="generator")


def discriminator(specification: NetworkSpecification) -> keras.Model:
    """Average pooling and residual blocks in the generator's order reversed; 132,001 parameters at 28x28x1.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = layers.Conv2D(_WIDTHS[-1], 3, padding="same")(pixels)
    for filters in reversed(_WIDTHS[:-1]):
        x = _projection(layers.AveragePooling2D(2)(_block(x)), filters)
    x = layers.Flatten()(_activation(_block(x)))
    return keras.Model(pixels, layers.Dense(1, name="logits")(x), name="discriminator")
