"""Parameters of the networks that translate images, without Keras."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel

Normalization = Literal["instance", "layer", "batch"]
"""Instance and layer normalisation compute alike in training and use. Instance normalisation removes the mean of each
channel, so a network without skip connections forgets the colour of plain areas; layer normalisation keeps the
differences of the channels. Batch normalisation uses running statistics after the training, which fit badly after small
batches, and when a step calls the network on real and on translated images."""

Upsampling = Literal["transposed", "nearest"]
"""Transposed convolutions with stride 2; or nearest-neighbour upsampling and 3x3 convolutions, which leave no
checkerboards."""

_Width = Annotated[int, Field(ge=1, le=1024)]


class ConvolutionalParameters(ParameterModel):
    """Keys of all networks."""

    width: _Width = 64
    """Channels after the first convolution."""
    initial_deviation: Annotated[float, Field(gt=0, le=1)] | None = 0.02
    """Standard deviation of the initial kernels, which are normal with mean 0. None: Glorot uniform, as in Keras."""


class TranslatorParameters(ConvolutionalParameters):
    """Keys of the generators whose images are as large as their sources."""

    upsampling: Upsampling = "transposed"


class UNetParameters(TranslatorParameters):
    """Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2017."""

    name: Literal["unet"]
    levels: Annotated[int, Field(ge=1, le=10)] | None = None
    """Number of times that height and width are halved; both must be multiples of 2**levels. Default: down to 1 px."""
    normalization: Normalization = "batch"
    dropout_levels: Annotated[int, Field(ge=0, le=10)] = 3
    """Number of levels, from the lowest, with dropout 0.5 on the way up."""


class ResidualTranslatorParameters(TranslatorParameters):
    """Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation", 2017; with instance normalisation."""

    name: Literal["residual_translator"]
    blocks: Annotated[int, Field(ge=0, le=32)] = 9
    """Residual blocks; published: 9, and 6 at 128 px."""
    passes_source: bool = False
    """Whether the image is tanh(network + 1.5 * source), not tanh(network). It then starts from the source's colours,
    which instance normalisation forgets."""


class EncoderDecoderParameters(TranslatorParameters):
    """Kim et al., "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks", 2017."""

    name: Literal["encoder_decoder"]
    levels: Annotated[int, Field(ge=1, le=10)] = 4
    """Number of times that height and width are halved; both must be multiples of 2**levels."""
    bottleneck: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of a vector between encoder and decoder; published: 100. Default: none."""
    normalization: Normalization = "batch"
    passes_source: bool = False
    """Whether the image is tanh(network + 1.5 * source), not tanh(network)."""


class ResidualUpsamplerParameters(ConvolutionalParameters):
    """Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", 2017."""

    name: Literal["residual_upsampler"] = "residual_upsampler"
    initial_deviation: Annotated[float, Field(gt=0, le=1)] | None = None
    blocks: Annotated[int, Field(ge=0, le=64)] = 16
    normalization: Literal["batch", "none"] = "batch"
    upsampling: Literal["pixel_shuffle", "nearest"] = "pixel_shuffle"
    end_kernel: Annotated[int, Field(ge=1, le=15)] = 9
    """Height and width of the first and last kernel."""
    passes_source: bool = False
    """Whether the network's output is added to the bicubically enlarged source, and starts at 0."""


class PatchesParameters(ConvolutionalParameters):
    """The discriminator of Isola et al., 2017, with one logit per patch."""

    name: Literal["patches"]
    layers: Annotated[int, Field(ge=0, le=8)] = 3
    """Convolutions with stride 2. The patches are 16 px (1), 34 px (2), 70 px (3), 142 px (4) or 286 px (5) wide; 0:
    kernels of 1x1, each pixel is judged by itself."""
    normalization: Normalization | Literal["none"] = "instance"


class PairedPatchesParameters(PatchesParameters):
    """The same for pairs, whose source it may see."""

    sees_source: bool = True
    """Whether it judges the image together with its source, or the image alone."""


class ImageDiscriminatorParameters(ConvolutionalParameters):
    """The discriminator of Kim et al., 2017, with one logit per image."""

    name: Literal["whole_image"]
    layers: Annotated[int, Field(ge=1, le=10)] = 4
    """Convolutions with stride 2, before the one that covers what is left of the image."""
    normalization: Normalization | Literal["none"] = "batch"


class StridedDiscriminatorParameters(ConvolutionalParameters):
    """The discriminator of Ledig et al., 2017, with one logit per image."""

    name: Literal["strided"]
    initial_deviation: Annotated[float, Field(gt=0, le=1)] | None = None
    dense: Annotated[int, Field(ge=1, le=8192)] = 1024
    """Units of the layer before the logit."""
    normalization: Literal["batch", "none"] = "batch"


SameSizeGeneratorParameters = Annotated[
    UNetParameters | ResidualTranslatorParameters | EncoderDecoderParameters, Field(discriminator="name")
]
GeneratorParameters = (
    UNetParameters | ResidualTranslatorParameters | EncoderDecoderParameters | ResidualUpsamplerParameters
)
DiscriminatorParameters = PatchesParameters | ImageDiscriminatorParameters | StridedDiscriminatorParameters


class PairedNetworksParameters(ParameterModel):
    """The section ``<model>.networks`` for pairs of a source and its target; the defaults are pix2pix's."""

    generator: SameSizeGeneratorParameters = UNetParameters(name="unet")
    discriminator: Annotated[
        PairedPatchesParameters | ImageDiscriminatorParameters | StridedDiscriminatorParameters,
        Field(discriminator="name"),
    ] = PairedPatchesParameters(name="patches", normalization="batch")


class UnpairedNetworksParameters(ParameterModel):
    """The section ``<model>.networks`` for two domains; each network is there twice. The defaults are CycleGAN's."""

    generator: SameSizeGeneratorParameters = ResidualTranslatorParameters(name="residual_translator")
    discriminator: Annotated[DiscriminatorParameters, Field(discriminator="name")] = PatchesParameters(name="patches")


class UpscalingNetworksParameters(ParameterModel):
    """The section ``<model>.networks`` for super-resolution; the defaults are SRGAN's."""

    generator: ResidualUpsamplerParameters = ResidualUpsamplerParameters()
    discriminator: Annotated[DiscriminatorParameters, Field(discriminator="name")] = StridedDiscriminatorParameters(
        name="strided"
    )


def levels_of(parameters: UNetParameters | EncoderDecoderParameters, size: int) -> int:
    """Returns how often a network halves the height and width of an image whose smaller side has ``size`` pixels."""
    return size.bit_length() - 1 if parameters.levels is None else parameters.levels


def halving_multiple(parameters: GeneratorParameters, size: int) -> int:
    """Returns the factor by which a generator reduces height and width, 1 if it does not."""
    match parameters:
        case UNetParameters() | EncoderDecoderParameters():
            return 1 << levels_of(parameters, size)
        case ResidualTranslatorParameters():
            return 4
    return 1
