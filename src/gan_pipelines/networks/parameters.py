"""What a user can say about a GAN's networks."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel

Architecture = Literal["mnist_transposed", "mnist_upsampling", "fashion_upsampling", "photo_upsampling"]

SIZE_STEPS: dict[Architecture, int] = {
    "mnist_transposed": 4,
    "mnist_upsampling": 1,
    "fashion_upsampling": 4,
    "photo_upsampling": 32,
}
"""Image sizes must be multiples of this many pixels."""


class NetworksParameters(ParameterModel):
    """The section ``<model>.networks``."""

    architecture: Architecture = "mnist_transposed"
    latent_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of the latent vector; without one, the size the architecture was published with."""
