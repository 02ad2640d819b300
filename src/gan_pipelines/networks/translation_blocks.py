"""Layers that the networks for image translation share."""

from typing import Literal

from keras import layers, ops

from gan_pipelines.errors import UserError
from gan_pipelines.networks.translation_parameters import (
    ConvolutionalParameters,
    Normalization,
    TranslatorParameters,
)
from gan_pipelines.training.configured_keras import keras

_EPSILON = 1e-5  # of both normalisations, as in the papers' code; Keras's default is 1e-3
_MOMENTUM = 0.9  # of the running statistics, as in the papers' code; Keras's default is 0.99
_SOURCE_GAIN = 1.5  # tanh(1.5 x) is near x in [-1, 1]: 0.64 at 0.5 and 0.91 at 1


def convolution(
    x: keras.KerasTensor,
    filters: int,
    kernel: int | tuple[int, int],
    parameters: ConvolutionalParameters,
    **options: object,
) -> keras.KerasTensor:
    """Applies a convolution with zero padding; ``options`` are further arguments of `keras.layers.Conv2D`."""
    settings = {"padding": "same", "kernel_initializer": initializer(parameters), **options}
    return layers.Conv2D(filters, kernel, **settings)(x)


def upsampling(
    x: keras.KerasTensor, filters: int, kernel: int, parameters: TranslatorParameters, **options: object
) -> keras.KerasTensor:
    """Doubles height and width with a convolution, transposed or of 3x3 after nearest-neighbour upsampling."""
    if parameters.upsampling == "nearest":
        return convolution(layers.UpSampling2D()(x), filters, 3, parameters, **options)
    settings = {"padding": "same", "kernel_initializer": initializer(parameters), **options}
    return layers.Conv2DTranspose(filters, kernel, strides=2, **settings)(x)


def initializer(parameters: ConvolutionalParameters) -> keras.initializers.Initializer | str:
    """Returns a new initializer: one without a seed draws the same numbers at each of its calls."""
    if parameters.initial_deviation is None:
        return "glorot_uniform"
    return keras.initializers.RandomNormal(stddev=parameters.initial_deviation)


def normalized(x: keras.KerasTensor, normalization: Normalization | Literal["none"]) -> keras.KerasTensor:
    """Normalises each channel, or all channels together, with a learned scale and offset of each channel.

    Instance normalisation is that of Ulyanov, Vedaldi and Lempitsky, "Instance Normalization: The Missing Ingredient
    for Fast Stylization", 2016; layer normalisation that of Ba, Kiros and Hinton, "Layer Normalization", 2016.

    Raises:
        UserError: If a map of 1x1 px is to be normalised by itself, which gives 0.
    """
    if normalization == "batch":
        return layers.BatchNormalization(momentum=_MOMENTUM, epsilon=_EPSILON)(x)
    if normalization == "none":
        return x
    if normalization == "instance" and x.shape[1:3] == (1, 1):
        raise UserError(
            "networks.generator or networks.discriminator applies instance normalisation to a map of 1x1 px, which "
            "gives 0 for every image. Increase images.size, decrease `levels` or `layers`, or set another "
            "`normalization`."
        )
    return layers.GroupNormalization(groups=-1 if normalization == "instance" else 1, epsilon=_EPSILON)(x)


def reflection_padding(x: keras.KerasTensor, margin: int) -> keras.KerasTensor:
    """Pads height and width with the mirrored pixels next to the edges."""
    return ops.pad(x, ((0, 0), (margin, margin), (margin, margin), (0, 0)), mode="reflect")


def leaky_relu(x: keras.KerasTensor, name: str | None = None) -> keras.KerasTensor:
    """Applies LeakyReLU with a negative slope of 0.2."""
    return layers.LeakyReLU(negative_slope=0.2, name=name)(x)


def pixels_of(
    x: keras.KerasTensor, source: keras.KerasTensor, prefix: str, *, passes_source: bool = False
) -> keras.KerasTensor:
    """Returns pixels in [-1, 1]: tanh(x), or tanh(x + 1.5 * source).

    Raises:
        UserError: If the source is to be passed and its number of channels is another.
    """
    if passes_source:
        check_channels(x, source)
        x = layers.Add()([x, _SOURCE_GAIN * source])
    return layers.Activation("tanh", name=f"{prefix}pixels")(x)


def check_channels(x: keras.KerasTensor, source: keras.KerasTensor) -> None:
    """Raises an error if a source cannot be added, because its images have another number of channels."""
    if x.shape[-1] != source.shape[-1]:
        raise UserError(
            f"networks.generator.passes_source adds the source to the image, but sources have {source.shape[-1]} "
            f"channels and targets {x.shape[-1]}. Set it to false, or images.channels to one number for both."
        )
