"""Autoencoder as discriminator and its decoder as generator, small enough to train 28x28 images on two CPU cores.

After Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017: 3x3 convolutions
with ELU, strided downsampling, nearest-neighbour upsampling, no normalisation, no dropout. The paper's networks have
two convolutions per resolution and more resolutions.
"""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_FILTERS = 24
_CODE_SIZE = 16
"""Size of the autoencoder's bottleneck. With 64, small images of any content are reconstructed as well as digits, and
the reconstruction error does not distinguish them."""


def _convolution(x: keras.KerasTensor, filters: int, strides: int = 1) -> keras.KerasTensor:
    return layers.Conv2D(filters, 3, strides=strides, padding="same", activation="elu")(x)


def _decoder(code: keras.KerasTensor, image_shape: tuple[int, ...]) -> keras.KerasTensor:
    """Returns the features before the output convolution, ``(batch, height, width, filters)``."""
    height, width, _ = image_shape
    x = layers.Dense((height // 4) * (width // 4) * _FILTERS)(code)
    x = _convolution(layers.Reshape((height // 4, width // 4, _FILTERS))(x), _FILTERS)
    for _ in range(2):
        x = _convolution(layers.UpSampling2D()(x), _FILTERS)
    return x


def decoding_generator(specification: NetworkSpecification) -> keras.Model:
    """The discriminator's decoder with tanh output; 35,833 parameters at 28x28x1 and latent size 16.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    latent = layers.Input((specification.latent_size,), name="latent")
    features = _decoder(latent, specification.sample_shape)
    channels = specification.sample_shape[-1]
    pixels = layers.Conv2D(channels, 3, padding="same", activation="tanh", name="pixels")(features)
    return keras.Model(latent, pixels, name="generator")


def autoencoding_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Autoencoder with a bottleneck of 16 units; 180,857 parameters at 28x28x1.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to pixels of that shape, unbounded.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = _convolution(pixels, _FILTERS)
    for width_factor in (2, 3):
        x = _convolution(x, width_factor * _FILTERS, strides=2)
    x = _convolution(x, 3 * _FILTERS)
    code = layers.Dense(_CODE_SIZE, name="code")(layers.Flatten()(x))
    features = _decoder(code, specification.sample_shape)
    reconstruction = layers.Conv2D(specification.sample_shape[-1], 3, padding="same", name="rebuilt_pixels")(features)
    return keras.Model(pixels, reconstruction, name="discriminator")
