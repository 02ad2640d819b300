"""DCGANs of any depth, with SELU or with ReLU and leaky ReLU beside batch normalisation."""

from collections.abc import Callable

from keras import layers

from gan_pipelines.networks.blocks import batch_norm
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_SMALLEST_WIDTH, _LARGEST_WIDTH = 16, 512
_SMALLEST_SIDE = 4

_DEVIATION = 0.02  # of the initial kernels, as in Radford et al. 2015

Activation = Callable[[], keras.layers.Layer]


def selu_generator(specification: NetworkSpecification) -> keras.Model:
    """Doubles the resolution by transposed convolutions with SELU; 378,563 parameters at 64x64x3 and latent size 100.

    Curtó, Zarza, de la Torre, King and Lyu, "High-resolution Deep Convolutional Generative Adversarial Networks", 2017:
    batch normalisation and SELU after each layer but the last. Their widths and kernels are not published.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    return _generator(specification, _selu)


def selu_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The mirror image of `selu_generator`; 175,761 parameters at 64x64x3. No normalisation after the first layer.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    return _discriminator(specification, _selu)


def relu_generator(specification: NetworkSpecification) -> keras.Model:
    """`selu_generator` with ReLU, as in Radford, Metz and Chintala, "Unsupervised Representation Learning", 2015."""
    return _generator(specification, layers.ReLU)


def leaky_discriminator(specification: NetworkSpecification) -> keras.Model:
    """`selu_discriminator` with leaky ReLU of slope 0.2."""
    return _discriminator(specification, lambda: layers.LeakyReLU(negative_slope=0.2))


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=_DEVIATION)


def _selu() -> keras.layers.Layer:
    return layers.Activation("selu")


def _generator(specification: NetworkSpecification, activation: Activation) -> keras.Model:
    height, width, channels = specification.sample_shape
    widths = _widths(height, width)
    scale = 2 ** len(widths)
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense((height // scale) * (width // scale) * widths[-1], use_bias=False, kernel_initializer=_normal())(
        latent
    )
    x = layers.Reshape((height // scale, width // scale, widths[-1]))(x)
    x = activation()(batch_norm(x))
    for filters in reversed(widths[:-1]):
        x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False, kernel_initializer=_normal())(
            x
        )
        x = activation()(batch_norm(x))
    settings = {"strides": 2, "padding": "same", "activation": "tanh", "kernel_initializer": _normal()}
    pixels = layers.Conv2DTranspose(channels, 4, name="pixels", **settings)(x)
    return keras.Model(latent, pixels, name="generator")


def _discriminator(specification: NetworkSpecification, activation: Activation) -> keras.Model:
    height, width, _ = specification.sample_shape
    first, *further = _widths(height, width)
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = activation()(layers.Conv2D(first, 4, strides=2, padding="same", kernel_initializer=_normal())(pixels))
    for filters in further:
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False, kernel_initializer=_normal())(x)
        x = activation()(batch_norm(x))
    x = layers.Conv2D(1, tuple(x.shape[1:3]), kernel_initializer=_normal(), name="logits_map")(x)
    return keras.Model(pixels, layers.Reshape((1,), name="logits")(x), name="discriminator")


def _widths(height: int, width: int) -> list[int]:
    """Returns the channels of each resolution, from the largest down to at least 4 px: 16, 32, ..., at most 512."""
    widths: list[int] = []
    side = _SMALLEST_SIDE * 2
    while min(height, width) >= side and not (height % 2 or width % 2):
        widths.append(min(_SMALLEST_WIDTH * 2 ** len(widths), _LARGEST_WIDTH))
        height, width = height // 2, width // 2
    return widths
