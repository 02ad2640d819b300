"""Builds the networks of image translation: for pairs, for two domains without pairs, and for super-resolution.

All models are flat and made of Keras's own layers, so they can be copied layer by layer, and saved files load anywhere.
"""

import math
from typing import Literal

from keras import layers

from gan_pipelines.errors import UserError
from gan_pipelines.networks.bicubic import REACH as BICUBIC_REACH
from gan_pipelines.networks.encoder_decoder import encoder_decoder
from gan_pipelines.networks.residual_translator import residual_translator
from gan_pipelines.networks.residual_upsampler import residual_upsampler
from gan_pipelines.networks.translation_discriminators import Judgement, patches, strided, whole_image
from gan_pipelines.networks.translation_parameters import (
    DiscriminatorParameters,
    EncoderDecoderParameters,
    GeneratorParameters,
    ImageDiscriminatorParameters,
    PairedNetworksParameters,
    PairedPatchesParameters,
    PatchesParameters,
    ResidualTranslatorParameters,
    ResidualUpsamplerParameters,
    StridedDiscriminatorParameters,
    UNetParameters,
    UnpairedNetworksParameters,
    UpscalingNetworksParameters,
    halving_multiple,
)
from gan_pipelines.networks.unet import unet
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import stream_seed

Shape = tuple[int, int, int]
"""Height, width and channels of images."""

Direction = Literal["a_to_b", "b_to_a"]

_LOCAL = (
    *(layers.InputLayer, layers.Conv2D, layers.BatchNormalization, layers.UpSampling2D),
    *(layers.PReLU, layers.LeakyReLU, layers.ReLU, layers.Activation, layers.Add, layers.Rescaling),
)
"""Layers whose outputs at a place depend on inputs near to it only."""

DOMAINS = ("first", "second")
"""Prefixes of the names of inputs, outputs and features of the joint models; a is the first domain, b the second."""


def build_paired(
    parameters: PairedNetworksParameters | UpscalingNetworksParameters,
    source_shape: Shape,
    target_shape: Shape,
    seed: int,
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator for pairs of a source and its target.

    Layer names and initial weights depend only on the arguments, not on networks built earlier in the process.

    Args:
        parameters: The section ``<model>.networks``.
        source_shape: Shape of the sources.
        target_shape: Shape of the targets; the same height and width, or for super-resolution 2, 4, 8, ... times them.
        seed: Seed of the initial weights.

    Returns:
        The generator, from sources with pixels in [-1, 1] to pixels in [-1, 1] (see `residual_upsampler` for an
        exception); and the discriminator, from ``[source, pixels]`` if it sees the source, else from pixels, to logits
        ``(batch, rows, columns, 1)`` of patches or ``(batch, 1)`` of images.

    Raises:
        UserError: If the networks do not take these shapes.
    """
    _check_shapes(parameters.generator, source_shape, target_shape)
    _start(seed, "the paired generator")
    source = layers.Input(source_shape, name="source")
    generator = keras.Model(source, _translate(source, target_shape, parameters.generator), name="generator")
    _start(seed, "the paired discriminator")
    pixels = layers.Input(target_shape, name="pixels")
    discriminator = parameters.discriminator
    if isinstance(discriminator, PairedPatchesParameters) and discriminator.sees_source:
        source = layers.Input(source_shape, name="source")
        logits, _ = _discriminate(layers.Concatenate()([source, pixels]), discriminator)
        return generator, keras.Model([source, pixels], logits, name="discriminator")
    logits, _ = _discriminate(pixels, discriminator)
    return generator, keras.Model(pixels, logits, name="discriminator")


def build_unpaired(
    parameters: UnpairedNetworksParameters, image_shape: Shape, seed: int
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained translator and discriminator for two domains, each of two halves that share no weights.

    Args:
        parameters: The section ``<model>.networks``.
        image_shape: Shape of the images of both domains.
        seed: Seed of the initial weights.

    Returns:
        The translator, from ``[first, second]`` to ``[first_to_second, second_to_first]``, pixels in [-1, 1]; and the
        discriminator, from ``[first, second]`` to ``[first_logits, second_logits]``, each of the images of its domain.

    Raises:
        UserError: If the networks do not take this shape.
    """
    _check_shapes(parameters.generator, image_shape, image_shape)
    _start(seed, "the translator")
    images = [layers.Input(image_shape, name=domain) for domain in DOMAINS]
    translations = [
        _translate(source, image_shape, parameters.generator, prefix=f"{domain}_to_{other}_")
        for source, domain, other in zip(images, DOMAINS, reversed(DOMAINS), strict=True)
    ]
    translator = keras.Model(images, translations, name="translator")
    _start(seed, "the discriminator of two domains")
    images = [layers.Input(image_shape, name=domain) for domain in DOMAINS]
    logits = [
        _discriminate(pixels, parameters.discriminator, prefix=f"{domain}_")[0]
        for pixels, domain in zip(images, DOMAINS, strict=True)
    ]
    return translator, keras.Model(images, logits, name="discriminator")


def one_direction(translator: keras.Model, direction: Direction) -> keras.Model:
    """Returns a model from the images of one domain to those of the other; it shares the translator's weights."""
    half = ("a_to_b", "b_to_a").index(direction)
    return keras.Model(translator.inputs[half], translator.outputs[half], name="generator")


def any_size(generator: keras.Model, parameters: GeneratorParameters) -> keras.Model:
    """Returns a copy of a generator, with the same weights, that takes images of other sizes.

    Args:
        generator: A generator, or one direction of a translator.
        parameters: The section ``<model>.networks.generator``.

    Returns:
        A model from sources ``(batch, height, width, channels)`` whose sides are multiples of `size_multiple`; or the
        generator itself, if a bottleneck or a U-Net down to 1 px fixes its size.
    """
    match parameters:
        case UNetParameters(levels=None) | EncoderDecoderParameters(bottleneck=int()):
            return generator
    (source,) = generator.inputs
    free = layers.Input((None, None, source.shape[-1]), name=source.name)
    copy = keras.models.clone_model(generator, input_tensors=free)
    copy.set_weights(generator.get_weights())
    return copy


def size_multiple(generator: keras.Model) -> int:
    """Returns the number of which both sides of a source must be multiples; its side if the generator takes one size.

    Args:
        generator: A generator, or one direction of a translator, whose layers form one path from source to image.
    """
    _, height, _, _ = generator.inputs[0].shape
    shrinking = (layers.Conv2D, layers.AveragePooling2D, layers.MaxPooling2D)
    strides = [layer.strides[0] for layer in generator.layers if isinstance(layer, shrinking)]
    return math.prod(strides) if height is None else int(height)


def reach(generator: keras.Model) -> int | None:
    """Returns the distance in source pixels, or more, within which a source pixel affects the image.

    Args:
        generator: A generator, or one direction of a translator, whose layers form one path from source to image.

    Returns:
        The distance; None if every pixel may affect the whole image, as with instance normalisation.
    """
    if generator.inputs[0].shape[1] is not None or not all(isinstance(layer, _LOCAL) for layer in generator.layers):
        return None
    convolutions = [layer for layer in generator.layers if isinstance(layer, layers.Conv2D)]
    if any(layer.strides != (1, 1) for layer in convolutions):
        return None
    return BICUBIC_REACH + sum(int(max(layer.kernel_size)) // 2 for layer in convolutions)


def _start(seed: int, purpose: str) -> None:
    keras.utils.clear_session(free_memory=False)  # resets the counters in layer names, which are global to the process
    keras.utils.set_random_seed(stream_seed(seed, f"initial weights of {purpose}"))


def _translate(
    source: keras.KerasTensor, target_shape: Shape, parameters: GeneratorParameters, prefix: str = ""
) -> keras.KerasTensor:
    height, _, channels = target_shape
    match parameters:
        case UNetParameters():
            return unet(source, channels, parameters, prefix)
        case ResidualTranslatorParameters():
            return residual_translator(source, channels, parameters, prefix)
        case EncoderDecoderParameters():
            return encoder_decoder(source, channels, parameters, prefix)
    return residual_upsampler(source, channels, height // source.shape[1], parameters, prefix)


def _discriminate(pixels: keras.KerasTensor, parameters: DiscriminatorParameters, prefix: str = "") -> Judgement:
    match parameters:
        case PatchesParameters():
            return patches(pixels, parameters, prefix)
        case ImageDiscriminatorParameters():
            return whole_image(pixels, parameters, prefix)
        case StridedDiscriminatorParameters():
            return strided(pixels, parameters, prefix)


def _check_shapes(parameters: GeneratorParameters, source_shape: Shape, target_shape: Shape) -> None:
    (height, width, _), (target_height, target_width, _) = source_shape, target_shape
    found = f"sources are {height}x{width} px and targets {target_height}x{target_width} px"
    if isinstance(parameters, ResidualUpsamplerParameters):
        scale = target_height // height
        if scale < 2 or scale.bit_count() != 1 or (target_height, target_width) != (scale * height, scale * width):
            raise UserError(
                f"networks.generator {parameters.name!r} enlarges by a power of 2, at least 2, but {found}. Change "
                "the sizes in the section `images`."
            )
        return
    if (height, width) != (target_height, target_width):
        raise UserError(
            f"networks.generator {parameters.name!r} gives images as large as their sources, but {found}. Choose one "
            "images.size for both."
        )
    multiple = halving_multiple(parameters, min(height, width))
    if height % multiple or width % multiple:
        change = "" if isinstance(parameters, ResidualTranslatorParameters) else " or networks.generator.levels"
        raise UserError(
            f"networks.generator {parameters.name!r} needs heights and widths that are a multiple of {multiple} px; "
            f"the images are {height}x{width} px. Change images.size{change}."
        )
