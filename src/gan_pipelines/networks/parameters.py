"""What a user can say about a GAN's networks."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution


class LatentParameters(ParameterModel):
    """What latents are drawn from."""

    latent_distribution: Distribution = "normal"
    """Standard normal, or uniform in [-1, 1]."""
    codes: CodeParameters | None = None
    """What follows the latent vector, for architectures that take codes."""


class NetworksParameters(LatentParameters):
    """What the section ``<model>.networks`` has for every kind of GAN."""

    architecture: str = "mnist_transposed"
    """One of `gan_pipelines.networks.architectures`; which ones a model can have is checked with all its parameters."""
    latent_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of the latent vector; without one, the size the architecture was published with."""
    spectral_normalization: bool = False
    """Whether every dense and convolutional layer of the discriminator is divided by its largest singular value while
    it is trained (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018)."""
