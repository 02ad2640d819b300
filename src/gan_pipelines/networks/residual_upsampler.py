"""The generator of SRGAN, which enlarges images after residual blocks at their own resolution."""

import numpy as np
from keras import layers, ops

from gan_pipelines.networks.bicubic import enlarged_bicubically
from gan_pipelines.networks.translation_blocks import (
    check_channels,
    convolution,
    initializer,
    normalized,
    pixels_of,
)
from gan_pipelines.networks.translation_parameters import ResidualUpsamplerParameters
from gan_pipelines.training.configured_keras import keras


def residual_upsampler(
    source: keras.KerasTensor, channels: int, scale: int, parameters: ResidualUpsamplerParameters, prefix: str = ""
) -> keras.KerasTensor:
    """Enlarges images by residual blocks and pixel shuffles; 1,552,771 parameters with 16 blocks and a scale of 4.

    Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", 2017, section
    2.1. With ``passes_source`` the network's output is added to the bicubically enlarged source and starts at 0.

    Args:
        source: Images ``(batch, height, width, source_channels)`` of any size.
        channels: Channels of the result.
        scale: Factor of height and width, a power of 2.
        parameters: The section ``<model>.networks.generator``.
        prefix: Prefix of the output's name.

    Returns:
        Pixels ``(batch, scale * height, scale * width, channels)`` in [-1, 1]. With ``passes_source`` they are a sum
        without tanh, as the bicubic image itself, and may lie slightly outside.

    Raises:
        UserError: If the source is to be passed and its number of channels is another.
    """
    x = first = _prelu(convolution(source, parameters.width, parameters.end_kernel, parameters))
    for _ in range(parameters.blocks):
        y = _prelu(_normalized_convolution(x, parameters))
        x = layers.Add()([x, _normalized_convolution(y, parameters)])
    x = layers.Add()([first, _normalized_convolution(x, parameters)])
    for _ in range(scale.bit_length() - 1):
        x = _prelu(_doubled(x, parameters))
    if not parameters.passes_source:
        return pixels_of(convolution(x, channels, parameters.end_kernel, parameters), source, prefix)
    x = convolution(x, channels, parameters.end_kernel, parameters, kernel_initializer="zeros")
    check_channels(x, source)
    return layers.Add(name=f"{prefix}pixels")([enlarged_bicubically(source, scale), x])


def _normalized_convolution(x: keras.KerasTensor, parameters: ResidualUpsamplerParameters) -> keras.KerasTensor:
    x = convolution(x, parameters.width, 3, parameters, use_bias=parameters.normalization == "none")
    return normalized(x, parameters.normalization)


def _prelu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Applies PReLU with one slope per channel (shared by all pixels, else the size would be fixed), initially 0.25."""
    return layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), shared_axes=[1, 2])(x)


def _doubled(x: keras.KerasTensor, parameters: ResidualUpsamplerParameters) -> keras.KerasTensor:
    if parameters.upsampling == "nearest":
        return convolution(layers.UpSampling2D()(x), parameters.width, 3, parameters)
    shuffled = layers.Conv2D(4 * parameters.width, 3, padding="same", kernel_initializer=initializer(parameters))
    x = ops.nn.depth_to_space(shuffled(x), 2)
    # The four kernels of a pixel start equal (Aitken et al., "Checkerboard artifact free sub-pixel convolution", 2017),
    # so that no grid is there to be unlearned. Channel `place * width + c` of the convolution becomes c at `place`.
    kernel = np.asarray(shuffled.kernel)
    shuffled.kernel.assign(np.tile(kernel[..., : parameters.width], 4))
    return x
