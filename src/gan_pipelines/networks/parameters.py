"""Parameters of a GAN's networks."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution


class LatentParameters(ParameterModel):
    """Distribution and layout of the latents."""

    latent_distribution: Distribution = "normal"
    """Distribution of the noise: ``normal`` is standard normal, ``uniform`` is uniform in [-1, 1]."""
    codes: CodeParameters | None = None
    """Codes appended to the latent vector; allowed only if the architecture takes codes."""


class NetworksParameters(LatentParameters):
    """Keys of the section ``<model>.networks`` that all kinds of GANs have."""

    architecture: str = "mnist_transposed"
    """A name from `gan_pipelines.networks.architectures`; the subclasses restrict it to those that fit the model."""
    latent_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Length of the latent vector. Default: the architecture's published size."""
    spectral_normalization: bool = False
    """Whether every kernel of the discriminator is divided by its largest singular value during the training
    (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018)."""
