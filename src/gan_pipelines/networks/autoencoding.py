"""A discriminator that is an autoencoder, and a generator that is its decoder, for 28x28 pixels on two cores.

After Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017: 3x3 convolutions
with exponential linear units, sizes changed by strides and by repeated pixels, neither normalisation nor dropout. The
paper's networks have two convolutions at each size and more sizes.
"""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_FILTERS = 24
_CODE_SIZE = 16
"""Numbers that an image is squeezed through: with 64 small digits are rebuilt as well as anything else, and an error
says nothing of whether an image is one."""


def _convolved(x: keras.KerasTensor, filters: int, strides: int = 1) -> keras.KerasTensor:
    return layers.Conv2D(filters, 3, strides=strides, padding="same", activation="elu")(x)


def _decoded(code: keras.KerasTensor, image_shape: tuple[int, ...]) -> keras.KerasTensor:
    """Returns the features that pixels are made of, ``(batch, height, width, filters)``."""
    height, width, _ = image_shape
    x = layers.Dense((height // 4) * (width // 4) * _FILTERS)(code)
    x = _convolved(layers.Reshape((height // 4, width // 4, _FILTERS))(x), _FILTERS)
    for _ in range(2):
        x = _convolved(layers.UpSampling2D()(x), _FILTERS)
    return x


def decoding_generator(specification: NetworkSpecification) -> keras.Model:
    """The discriminator's decoder, with pixels bounded by tanh; 35,833 parameters at 28x28x1 and latent size 16.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    latent = layers.Input((specification.latent_size,), name="latent")
    features = _decoded(latent, specification.sample_shape)
    channels = specification.sample_shape[-1]
    pixels = layers.Conv2D(channels, 3, padding="same", activation="tanh", name="pixels")(features)
    return keras.Model(latent, pixels, name="generator")


def autoencoding_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Squeezes an image through 16 numbers and rebuilds it; 180,857 parameters at 28x28x1.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to pixels of that shape, unbounded.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = _convolved(pixels, _FILTERS)
    for sizes_below in (2, 3):
        x = _convolved(x, sizes_below * _FILTERS, strides=2)
    x = _convolved(x, 3 * _FILTERS)
    code = layers.Dense(_CODE_SIZE, name="code")(layers.Flatten()(x))
    features = _decoded(code, specification.sample_shape)
    rebuilt = layers.Conv2D(specification.sample_shape[-1], 3, padding="same", name="rebuilt_pixels")(features)
    return keras.Model(pixels, rebuilt, name="discriminator")
