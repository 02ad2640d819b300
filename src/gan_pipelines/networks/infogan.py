"""InfoGAN for 28x28 digits: the discriminator and Q, which estimates the codes, share one body.

Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
2016, table 1, except that the discriminator has dropout after its convolutions instead of batch normalisation. Real and
generated images are passed in separate batches, and batch normalisation hides differences between the batch means: on
the embedded digits the generator produced black images for the first 1,000 steps of 64 images.
"""

from keras import layers

from gan_pipelines.networks.blocks import DROPOUT, FEATURES, generator_output, leaky_relu
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras


def generator(specification: NetworkSpecification) -> keras.Model:
    """Two dense layers and two transposed convolutions; 6,667,201 parameters at 28x28x1, noise size 62, code size 12.

    Returns:
        A model from latents with their codes last ``(batch, latent_size + codes)`` to pixels in [-1, 1] ``(batch,
        height, width, channels)``.
    """
    size = specification.latent_size + specification.categories + specification.continuous
    latent = layers.Input((size,), name="latent")
    return keras.Model(latent, generator_output(latent, specification.sample_shape), name="generator")


def discriminator(specification: NetworkSpecification) -> keras.Model:
    """Two strided convolutions and a dense layer, shared by both heads; 6,689,871 parameters at 28x28x1, code size 12.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``, to logits of the
        categories ``(batch, categories)`` and, if there are continuous codes, to their means and log standard
        deviations ``(batch, 2 * continuous)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = pixels
    for filters in (64, 128):
        x = layers.Dropout(DROPOUT)(leaky_relu(layers.Conv2D(filters, 4, strides=2, padding="same")(x)))
    x = leaky_relu(layers.Dense(FEATURES)(layers.Flatten()(x)))
    code_features = leaky_relu(layers.Dense(128)(x))
    outputs = [layers.Dense(1, name="logits")(x), _estimate("categories", specification.categories)(code_features)]
    if specification.continuous:
        outputs.append(_estimate("numbers", 2 * specification.continuous)(code_features))
    return keras.Model(pixels, outputs, name="discriminator")


def _estimate(name: str, width: int) -> layers.Dense:
    """Returns an output layer of Q, initially near the uniform distribution or the standard normal."""
    return layers.Dense(width, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), name=name)
