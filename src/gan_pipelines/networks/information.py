"""The InfoGAN for 28x28 digits: one body for the discriminator and for Q, which estimates codes.

Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
2016, table 1, but for the discriminator: its convolutions have dropout, and nothing in it is normalised. Real and
generated images come to it in batches of their own, and normalised it took those for alike that differ on the whole: on
the embedded digits the generator drew black pictures for its first 1,000 steps of 64 images.
"""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

FEATURES = 1024
"""What the discriminator's body tells of an image."""

DROPOUT = 0.3
"""The share of what a convolution of the discriminator tells that is left out in training."""

_MOMENTUM = 0.9  # of the running statistics; follows them within tens of steps, where Keras's 0.99 takes hundreds


def normalised(x: keras.KerasTensor) -> keras.KerasTensor:
    """Normalises by the batch, with running statistics that follow within tens of steps."""
    return layers.BatchNormalization(momentum=_MOMENTUM)(x)


def leaky(x: keras.KerasTensor) -> keras.KerasTensor:
    """Lets a tenth of what is negative through."""
    return layers.LeakyReLU(negative_slope=0.1)(x)


def generator(specification: NetworkSpecification) -> keras.Model:
    """Enlarges 7x7 to 28x28 by two transposed convolutions; 6,667,201 parameters at 28x28x1, 62 noises and 12 codes.

    Returns:
        A model from latents with their codes last ``(batch, latent_size + codes)`` to pixels in [-1, 1] ``(batch,
        height, width, channels)``.
    """
    size = specification.latent_size + specification.categories + specification.numbers
    latent = layers.Input((size,), name="latent")
    return keras.Model(latent, drawn_pixels(latent, specification.sample_shape), name="generator")


def drawn_pixels(x: keras.KerasTensor, image_shape: tuple[int, ...]) -> keras.KerasTensor:
    """Returns what the generator makes of vectors ``(batch, size)``: pixels in [-1, 1]."""
    height, width, channels = image_shape
    x = drawn_features(x, height, width)
    return layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="tanh", name="pixels")(x)


def drawn_features(x: keras.KerasTensor, height: int, width: int) -> keras.KerasTensor:
    """Returns what the generator makes pixels of, ``(batch, height / 2, width / 2, 64)``."""
    x = layers.ReLU()(normalised(layers.Dense(1024)(x)))
    x = layers.ReLU()(normalised(layers.Dense((height // 4) * (width // 4) * 128)(x)))
    x = layers.Reshape((height // 4, width // 4, 128))(x)
    return layers.ReLU()(normalised(layers.Conv2DTranspose(64, 4, strides=2, padding="same")(x)))


def discriminator(specification: NetworkSpecification) -> keras.Model:
    """Two strided convolutions and a dense layer for both heads; 6,689,871 parameters at 28x28x1 and 12 codes.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``, to logits of the
        categories ``(batch, categories)`` and, where there are numbers among the codes, to their means and the
        logarithms of their standard deviations ``(batch, 2 * numbers)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = pixels
    for filters in (64, 128):
        x = layers.Dropout(DROPOUT)(leaky(layers.Conv2D(filters, 4, strides=2, padding="same")(x)))
    x = leaky(layers.Dense(FEATURES)(layers.Flatten()(x)))
    seen = leaky(layers.Dense(128)(x))
    outputs = [layers.Dense(1, name="logits")(x), _estimate("categories", specification.categories)(seen)]
    if specification.numbers:
        outputs.append(_estimate("numbers", 2 * specification.numbers)(seen))
    return keras.Model(pixels, outputs, name="discriminator")


def _estimate(name: str, width: int) -> layers.Dense:
    """Returns a layer that starts by saying that it does not know, so that it is not punished for being sure."""
    return layers.Dense(width, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name=name)
