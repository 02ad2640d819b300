"""Parts of a latent that are to mean something: what a user can say about them, and how they are laid out."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel


class CodeParameters(ParameterModel):
    """Codes at the end of a latent: a category as a one-hot vector, then numbers in [-1, 1].

    Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
    2016.
    """

    categories: Annotated[int, Field(ge=2, le=1000)] = 10
    continuous: Annotated[int, Field(ge=0, le=100)] = 2

    @property
    def size(self) -> int:
        """Numbers of a latent that are codes: its last ones."""
        return self.categories + self.continuous
