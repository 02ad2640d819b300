"""Parameters of the networks that draw pictures from captions in stages, without Keras."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel

_Width = Annotated[int, Field(ge=1, le=1024)]


class _CaptionNetworksParameters(ParameterModel):
    """Keys of all networks that draw from captions."""

    discriminator_width: _Width = 64
    """Channels after the discriminator's first convolution, 1 to 1024; published: 64."""
    condition_size: Annotated[int, Field(ge=1, le=4096)] = 128
    """Numbers that are drawn for each caption, around a mean and with a deviation that the generator computes of it;
    published: 128."""
    latent_size: Annotated[int, Field(ge=1, le=4096)] = 100
    """Numbers of noise beside those drawn for the caption; published: 100."""


class StackGANNetworksParameters(_CaptionNetworksParameters):
    """Zhang et al., "StackGAN: Text to Photo-realistic Image Synthesis with Stacked GANs", 2016; both stages."""

    generator_width: _Width = 128
    """Channels by which the generator's widths are counted, 1 to 1024: 8 times as many at 4x4 px, halved with each
    doubling of the size. Published: 128, in both stages."""
    residual_blocks: Annotated[int, Field(ge=0, le=32)] = 4
    """Residual blocks of stage II, 0 to 32; published: 4."""
    initial_deviation: Annotated[float, Field(gt=0, le=1)] | None = None
    """Standard deviation of the initial kernels, which are normal within two deviations; published: 0.02. None: Glorot
    uniform. Layers that read the caption always start with Glorot's kernels: with 0.02 and captions of length 1,
    pictures did not learn the colours that captions name."""


class StackGANTreeNetworksParameters(_CaptionNetworksParameters):
    """Zhang et al., "StackGAN++: Realistic Image Synthesis with Stacked Generative Adversarial Networks", 2017."""

    generator_width: _Width = 64
    """Channels at the smallest picture, 1 to 1024, halved with each further picture; published: 64."""
    pictures: Annotated[int, Field(ge=1, le=6)] = 3
    """Pictures that the generator draws, 1 to 6, each twice as large as the one before; the last has images.size.
    Published: 3, of 64, 128 and 256 px."""
    residual_blocks: Annotated[int, Field(ge=0, le=32)] = 2
    """Residual blocks before each picture but the first, 0 to 32; published: 2."""
    unconditional: bool = True
    """Whether each discriminator also judges if the picture looks real, whatever its caption; published: true."""


class StagesNetworksParameters(ParameterModel):
    """The section ``<model>.networks`` of StackGAN."""

    stage_one_size: Annotated[int, Field(ge=8, le=512)] = 32
    """Height and width of the pictures of stage I in pixels; those of stage II, of images.size, are 2 or 4 times as
    large. Published: 64 and 256."""
    stage_one: StackGANNetworksParameters = StackGANNetworksParameters()
    stage_two: StackGANNetworksParameters = StackGANNetworksParameters()
