"""What a user can say about a GAN's networks."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution

ImageArchitecture = Literal[
    "mnist_transposed",
    "mnist_critic",
    "mnist_upsampling",
    "fashion_upsampling",
    "photo_upsampling",
    "residual",
    "mlp",
    "photo_mlp",
    "conditional_transposed",
    "information",
    "autoencoder",
    "coupled",
]
PointArchitecture = Literal["quadratic_mlp"]
Architecture = ImageArchitecture | PointArchitecture

SIZE_STEPS: dict[ImageArchitecture, int] = {
    "mnist_transposed": 4,
    "mnist_critic": 4,
    "mnist_upsampling": 1,
    "fashion_upsampling": 4,
    "photo_upsampling": 32,
    "residual": 4,
    "mlp": 1,
    "photo_mlp": 1,
    "conditional_transposed": 4,
    "information": 4,
    "autoencoder": 4,
    "coupled": 4,
}
"""Image sizes must be multiples of this many pixels."""

LABELLED_ARCHITECTURES: frozenset[Architecture] = frozenset({"conditional_transposed"})
"""Those whose networks are told the class of an image; they need a source with classes."""

CODED_ARCHITECTURES: frozenset[Architecture] = frozenset({"information"})
"""Those whose generators take codes, which their discriminators estimate."""

REBUILDING_ARCHITECTURES: frozenset[Architecture] = frozenset({"autoencoder"})
"""Those whose discriminators rebuild what they see, in place of giving logits."""


COUPLED_ARCHITECTURES: frozenset[Architecture] = frozenset({"coupled"})
"""Those whose generators draw pairs of images, the two of a pair side by side."""


class NetworksParameters(ParameterModel):
    """What the section ``<model>.networks`` has for every kind of GAN."""

    architecture: Architecture = "mnist_transposed"
    latent_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of the latent vector; without one, the size the architecture was published with."""
    latent_distribution: Distribution = "normal"
    """Standard normal, or uniform in [-1, 1]."""
    codes: CodeParameters | None = None
    """What follows the latent vector, for architectures that take codes."""
    spectral_normalization: bool = False
    """Whether every dense and convolutional layer of the discriminator is divided by its largest singular value while
    it is trained (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018)."""


class ImageNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws images."""

    architecture: ImageArchitecture = "mnist_transposed"


class PointNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws points."""

    architecture: PointArchitecture = "quadratic_mlp"
