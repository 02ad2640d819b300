"""Discriminators of image translation: of patches, of whole images, and SRGAN's."""

from keras import layers

from gan_pipelines.networks.translation_blocks import convolution, initializer, leaky_relu, normalized
from gan_pipelines.networks.translation_parameters import (
    ImageDiscriminatorParameters,
    PatchesParameters,
    StridedDiscriminatorParameters,
)
from gan_pipelines.training.configured_keras import keras

Judgement = tuple[keras.KerasTensor, list[keras.KerasTensor]]
"""Logits, and the activations of the second, third, ... convolution, whose layers are named ``features_2``, ...; both
names with the prefix."""


def patches(pixels: keras.KerasTensor, parameters: PatchesParameters, prefix: str = "") -> Judgement:
    """Judges overlapping patches, of 70x70 px with 3 layers; 2,770,497 parameters with 3 layers, at 6 channels.

    Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2017, section 6.1.2.

    Args:
        pixels: Images ``(batch, height, width, channels)``, with the channels of the source if it sees the source.
        parameters: The section ``<model>.networks.discriminator``.
        prefix: Prefix of the names of output and features.

    Returns:
        Logits ``(batch, height / 2**layers, width / 2**layers, 1)``, and features.

    Raises:
        UserError: If instance normalisation would be applied to a map of 1x1 px.
    """
    kernel = 4 if parameters.layers else 1
    x = convolution(pixels, parameters.width, kernel, parameters, strides=2 if parameters.layers else 1)
    x = leaky_relu(x)
    features = []
    for level in range(1, max(parameters.layers, 1) + 1):
        strides = 2 if level < parameters.layers else 1
        filters = parameters.width * min(2**level, 8)
        x = _activation(x, filters, kernel, strides, parameters, name=f"{prefix}features_{level + 1}")
        features.append(x)
    return convolution(x, 1, kernel, parameters, name=f"{prefix}logits"), features


def whole_image(pixels: keras.KerasTensor, parameters: ImageDiscriminatorParameters, prefix: str = "") -> Judgement:
    """Judges the image with one number; 2,767,360 parameters at 64x64x3.

    Kim, Cha, Kim, Lee and Kim, "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks",
    2017, section 3.1. As in their code, the first and the last convolution have no biases.

    Args:
        pixels: Images ``(batch, height, width, channels)`` of a fixed size.
        parameters: The section ``<model>.networks.discriminator``.
        prefix: Prefix of the names of output and features.

    Returns:
        Logits ``(batch, 1)``, and features.

    Raises:
        UserError: If instance normalisation would be applied to a map of 1x1 px.
    """
    x = leaky_relu(convolution(pixels, parameters.width, 4, parameters, strides=2, use_bias=False))
    features = []
    for level in range(1, parameters.layers):
        filters = parameters.width * min(2**level, 8)
        x = _activation(x, filters, 4, 2, parameters, name=f"{prefix}features_{level + 1}")
        features.append(x)
    x = convolution(x, 1, tuple(x.shape[1:3]), parameters, padding="valid", use_bias=False)
    return layers.Reshape((1,), name=f"{prefix}logits")(x), features


def strided(pixels: keras.KerasTensor, parameters: StridedDiscriminatorParameters, prefix: str = "") -> Judgement:
    """Judges the image by eight 3x3 convolutions and two dense layers; 23,567,361 parameters at 96x96x3.

    Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", 2017, section
    2.1.

    Args:
        pixels: Images ``(batch, height, width, channels)`` of a fixed size.
        parameters: The section ``<model>.networks.discriminator``.
        prefix: Prefix of the names of output and features.

    Returns:
        Logits ``(batch, 1)``, and features.
    """
    x = leaky_relu(convolution(pixels, parameters.width, 3, parameters))
    features = []
    for position in range(1, 8):
        filters, strides = parameters.width * 2 ** (position // 2), 1 + position % 2
        x = _activation(x, filters, 3, strides, parameters, name=f"{prefix}features_{position + 1}")
        features.append(x)
    x = layers.Dense(parameters.dense, kernel_initializer=initializer(parameters))(layers.Flatten()(x))
    logits = layers.Dense(1, kernel_initializer=initializer(parameters), name=f"{prefix}logits")
    return logits(leaky_relu(x)), features


def _activation(
    x: keras.KerasTensor,
    filters: int,
    kernel: int,
    strides: int,
    parameters: PatchesParameters | ImageDiscriminatorParameters | StridedDiscriminatorParameters,
    name: str,
) -> keras.KerasTensor:
    """Applies a convolution, without biases where normalisation removes them, normalisation and LeakyReLU."""
    use_bias = parameters.normalization == "none"
    x = convolution(x, filters, kernel, parameters, strides=strides, use_bias=use_bias)
    return leaky_relu(normalized(x, parameters.normalization), name)
