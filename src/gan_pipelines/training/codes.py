"""Interpretable codes in a latent vector: their parameters and layout."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel


class CodeParameters(ParameterModel):
    """Codes at the end of a latent vector: a one-hot category, then numbers in [-1, 1].

    Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
    2016.
    """

    categories: Annotated[int, Field(ge=2, le=1000)] = 10
    continuous: Annotated[int, Field(ge=0, le=100)] = 2

    @property
    def size(self) -> int:
        """Number of code dimensions, the last ones of the latent vector."""
        return self.categories + self.continuous
