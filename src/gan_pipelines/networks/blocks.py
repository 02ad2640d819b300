"""Layers of Chen et al., "InfoGAN", 2016, table 1, for the architectures that build on them."""

from keras import layers

from gan_pipelines.training.configured_keras import keras

FEATURES = 1024
"""Number of features of the discriminator's body."""

DROPOUT = 0.3
"""Dropout rate after the convolutions of the discriminator."""

_MOMENTUM = 0.9  # of the running statistics; a time constant of 10 steps, against 100 with Keras's default of 0.99


def batch_norm(x: keras.KerasTensor) -> keras.KerasTensor:
    """Applies batch normalisation with a momentum of 0.9."""
    return layers.BatchNormalization(momentum=_MOMENTUM)(x)


def leaky_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Applies LeakyReLU with a negative slope of 0.1."""
    return layers.LeakyReLU(negative_slope=0.1)(x)


def generator_output(x: keras.KerasTensor, image_shape: tuple[int, ...]) -> keras.KerasTensor:
    """Maps vectors ``(batch, size)`` to pixels in [-1, 1], ``(batch, height, width, channels)``."""
    height, width, channels = image_shape
    x = generator_trunk(x, height, width)
    return layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="tanh", name="pixels")(x)


def generator_trunk(x: keras.KerasTensor, height: int, width: int) -> keras.KerasTensor:
    """Maps vectors ``(batch, size)`` to features ``(batch, height / 2, width / 2, 64)``."""
    x = layers.ReLU()(batch_norm(layers.Dense(1024)(x)))
    x = layers.ReLU()(batch_norm(layers.Dense((height // 4) * (width // 4) * 128)(x)))
    x = layers.Reshape((height // 4, width // 4, 128))(x)
    return layers.ReLU()(batch_norm(layers.Conv2DTranspose(64, 4, strides=2, padding="same")(x)))
