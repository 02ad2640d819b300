"""The generator of CycleGAN: residual blocks at a quarter of the resolution."""

from keras import layers

from gan_pipelines.networks.translation_blocks import (
    convolution,
    normalized,
    pixels_of,
    reflection_padding,
    upsampling,
)
from gan_pipelines.networks.translation_parameters import ResidualTranslatorParameters
from gan_pipelines.training.configured_keras import keras


def residual_translator(
    source: keras.KerasTensor, channels: int, parameters: ResidualTranslatorParameters, prefix: str = ""
) -> keras.KerasTensor:
    """Builds c7s1-64, d128, d256, R256 x blocks, u128, u64, c7s1-3; 11,383,427 parameters with 9 blocks at 3 channels.

    Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", 2017,
    section 7.2.

    Args:
        source: Images ``(batch, height, width, source_channels)``, sides multiples of 4 and at least 8.
        channels: Channels of the result.
        parameters: The section ``<model>.networks.generator``.
        prefix: Prefix of the output's name.

    Returns:
        Pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    width = parameters.width
    x = convolution(reflection_padding(source, 3), width, 7, parameters, padding="valid", use_bias=False)
    x = _activation(x)
    for factor in (2, 4):
        x = _activation(convolution(x, factor * width, 3, parameters, strides=2, use_bias=False))
    for _ in range(parameters.blocks):
        x = _block(x, parameters)
    for factor in (2, 1):
        x = _activation(upsampling(x, factor * width, 3, parameters, use_bias=False))
    x = convolution(reflection_padding(x, 3), channels, 7, parameters, padding="valid")
    return pixels_of(x, source, prefix, passes_source=parameters.passes_source)


def _block(x: keras.KerasTensor, parameters: ResidualTranslatorParameters) -> keras.KerasTensor:
    """Adds two 3x3 convolutions, without an activation after the sum."""
    y = _activation(_convolution(x, parameters))
    return layers.Add()([x, normalized(_convolution(y, parameters), "instance")])


def _convolution(x: keras.KerasTensor, parameters: ResidualTranslatorParameters) -> keras.KerasTensor:
    return convolution(reflection_padding(x, 1), x.shape[-1], 3, parameters, padding="valid", use_bias=False)


def _activation(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU()(normalized(x, "instance"))
