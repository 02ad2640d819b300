"""DCGANs with nearest-neighbour upsampling for clothing (28x28) and for photos (multiples of 32 px)."""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_MOMENTUM = 0.8  # of the running statistics; a time constant of 5 steps, against 100 with Keras's default of 0.99


def _upsampling(x: keras.KerasTensor, filters: int, factor: int = 2) -> keras.KerasTensor:
    """Nearest-neighbour upsampling by ``factor``, convolution, batch normalisation and ReLU."""
    x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D(factor)(x))
    return layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))


def _activation(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Dropout(0.25)(layers.LeakyReLU(negative_slope=0.2)(x))


def fashion_generator(specification: NetworkSpecification) -> keras.Model:
    """Doubles 1/4 of the resolution twice; 856,193 parameters at 28x28x1 and latent size 100.

    "Deep Learning for Vision Systems", chapter 8.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense((height // 4) * (width // 4) * 128, activation="relu")(latent)
    x = layers.Reshape((height // 4, width // 4, 128))(x)
    for filters in (128, 64):
        x = _upsampling(x, filters)
    pixels = layers.Conv2D(channels, 3, padding="same", activation="tanh", name="pixels")(x)
    return keras.Model(latent, pixels, name="generator")


def photo_generator(specification: NetworkSpecification) -> keras.Model:
    """Upsamples 4x4 to 32x32, then by ``size / 32``; 2,452,611 parameters at 96x96x3 and latent size 200.

    "The TensorFlow Workshop", chapter 11.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, _, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense(4096, activation="relu")(latent)
    x = layers.Reshape((4, 4, 256))(x)
    for filters in (256, 256, 128):
        x = _upsampling(x, filters)
    if height > 32:
        x = _upsampling(x, 128, factor=height // 32)
    pixels = layers.Conv2D(channels, 3, padding="same", activation="tanh", name="pixels")(x)
    return keras.Model(latent, pixels, name="generator")


def _strided_blocks(pixels: keras.KerasTensor) -> keras.KerasTensor:
    """The first three strided blocks of both discriminators."""
    x = _activation(layers.Conv2D(32, 3, strides=2, padding="same")(pixels))
    x = layers.Conv2D(64, 3, strides=2, padding="same")(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = _activation(layers.BatchNormalization(momentum=_MOMENTUM)(x))
    x = layers.Conv2D(128, 3, strides=2, padding="same")(x)
    return _activation(layers.BatchNormalization(momentum=_MOMENTUM)(x))


def _discriminator(specification: NetworkSpecification, last_filters: tuple[int, ...]) -> keras.Model:
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = _strided_blocks(pixels)
    for filters in last_filters:
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = _activation(layers.BatchNormalization(momentum=_MOMENTUM)(x))
    return keras.Model(pixels, layers.Dense(1, name="logits")(layers.Flatten()(x)), name="discriminator")


def fashion_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Three strided blocks and one of 256 filters; 393,729 parameters at 28x28x1.

    "Deep Learning for Vision Systems", chapter 8.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    return _discriminator(specification, (256,))


def photo_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Three strided blocks and two of 256 and 512 filters; 1,658,945 parameters at 96x96x3.

    "The TensorFlow Workshop", chapter 11.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    return _discriminator(specification, (256, 512))
