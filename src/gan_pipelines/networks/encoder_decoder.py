"""The generator of DiscoGAN: a convolutional encoder and decoder without skip connections."""

from keras import layers

from gan_pipelines.networks.translation_blocks import (
    convolution,
    initializer,
    leaky_relu,
    normalized,
    pixels_of,
    upsampling,
)
from gan_pipelines.networks.translation_parameters import EncoderDecoderParameters
from gan_pipelines.training.configured_keras import keras


def encoder_decoder(
    source: keras.KerasTensor, channels: int, parameters: EncoderDecoderParameters, prefix: str = ""
) -> keras.KerasTensor:
    """Halves the source ``levels`` times and doubles it as often; 5,516,547 parameters with 4 levels at 3 channels.

    Kim, Cha, Kim, Lee and Kim, "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks",
    2017, section 3.1. With a bottleneck of 100 it has 7,157,395 parameters at 64x64x3.

    Args:
        source: Images ``(batch, height, width, source_channels)``, sides multiples of 2**levels.
        channels: Channels of the result.
        parameters: The section ``<model>.networks.generator``.
        prefix: Prefix of the output's name.

    Returns:
        Pixels in [-1, 1] ``(batch, height, width, channels)``.

    Raises:
        UserError: If instance normalisation would be applied to a map of 1x1 px.
    """
    widths = [parameters.width * min(2**level, 8) for level in range(parameters.levels)]
    x = leaky_relu(convolution(source, widths[0], 4, parameters, strides=2, use_bias=False))
    for width in widths[1:]:
        x = convolution(x, width, 4, parameters, strides=2, use_bias=False)
        x = leaky_relu(normalized(x, parameters.normalization))
    if parameters.bottleneck is not None:
        x = _bottleneck(x, parameters.bottleneck, parameters)
    for width in reversed(widths[:-1]):
        x = upsampling(x, width, 4, parameters, use_bias=False)
        x = layers.ReLU()(normalized(x, parameters.normalization))
    x = upsampling(x, channels, 4, parameters)
    return pixels_of(x, source, prefix, passes_source=parameters.passes_source)


def _bottleneck(x: keras.KerasTensor, size: int, parameters: EncoderDecoderParameters) -> keras.KerasTensor:
    """Maps the image to a vector and back, by kernels of its height and width."""
    batch = parameters.normalization == "batch"  # instance normalisation would make the vector 0
    _, *kernel, width = x.shape
    y = convolution(x, size, tuple(kernel), parameters, padding="valid", use_bias=not batch)
    y = leaky_relu(normalized(y, "batch") if batch else y)
    y = layers.Conv2DTranspose(width, tuple(kernel), use_bias=False, kernel_initializer=initializer(parameters))(y)
    return layers.ReLU()(normalized(y, parameters.normalization))
