"""The U-Net of pix2pix: a convolutional encoder and decoder with skip connections."""

from keras import layers

from gan_pipelines.networks.translation_blocks import convolution, leaky_relu, normalized, pixels_of, upsampling
from gan_pipelines.networks.translation_parameters import UNetParameters, levels_of
from gan_pipelines.training.configured_keras import keras


def unet(source: keras.KerasTensor, channels: int, parameters: UNetParameters, prefix: str = "") -> keras.KerasTensor:
    """Halves the source ``levels`` times and doubles it as often; 54,424,387 parameters at 256x256x3.

    Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2017, section 6.1.1.
    As in their erratum, the innermost map is not normalised: at 1x1 px it would be 0.

    Args:
        source: Images ``(batch, height, width, source_channels)``, sides multiples of 2**levels.
        channels: Channels of the result.
        parameters: The section ``<model>.networks.generator``.
        prefix: Prefix of the output's name.

    Returns:
        Pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    levels = levels_of(parameters, min(source.shape[1:3]))
    skips = _down(source, levels, parameters)
    x = skips.pop()
    for ascended, skip in enumerate(reversed(skips)):
        x = upsampling(layers.ReLU()(x), skip.shape[-1], 4, parameters, use_bias=False)
        x = normalized(x, parameters.normalization)
        if ascended < parameters.dropout_levels:
            x = layers.Dropout(0.5)(x)
        x = layers.Concatenate()([skip, x])
    return pixels_of(upsampling(layers.ReLU()(x), channels, 4, parameters), source, prefix)


def _down(source: keras.KerasTensor, levels: int, parameters: UNetParameters) -> list[keras.KerasTensor]:
    """Returns the maps at 1/2, 1/4, ... of the resolution, before their activations."""
    maps = [convolution(source, parameters.width, 4, parameters, strides=2)]
    for level in range(1, levels):
        innermost = level == levels - 1
        filters = parameters.width * min(2**level, 8)
        x = convolution(leaky_relu(maps[-1]), filters, 4, parameters, strides=2, use_bias=innermost)
        maps.append(x if innermost else normalized(x, parameters.normalization))
    return maps
