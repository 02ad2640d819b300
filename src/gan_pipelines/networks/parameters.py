"""What a user can say about a GAN's networks."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.randomness import Distribution

ImageArchitecture = Literal[
    "mnist_transposed", "mnist_upsampling", "fashion_upsampling", "photo_upsampling", "mlp", "photo_mlp"
]
PointArchitecture = Literal["quadratic_mlp"]
Architecture = ImageArchitecture | PointArchitecture

SIZE_STEPS: dict[ImageArchitecture, int] = {
    "mnist_transposed": 4,
    "mnist_upsampling": 1,
    "fashion_upsampling": 4,
    "photo_upsampling": 32,
    "mlp": 1,
    "photo_mlp": 1,
}
"""Image sizes must be multiples of this many pixels."""


class NetworksParameters(ParameterModel):
    """What the section ``<model>.networks`` has for every kind of GAN."""

    architecture: Architecture = "mnist_transposed"
    latent_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of the latent vector; without one, the size the architecture was published with."""
    latent_distribution: Distribution = "normal"
    """Standard normal, or uniform in [-1, 1]."""


class ImageNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws images."""

    architecture: ImageArchitecture = "mnist_transposed"


class PointNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws points."""

    architecture: PointArchitecture = "quadratic_mlp"
