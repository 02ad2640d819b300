"""What a user can say about pictures of samples, and about what a model is expected to reach."""

from typing import Annotated

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel


class GridParameters(ParameterModel):
    """The section ``<model>.grid``: how samples are shown side by side."""

    images: Annotated[int, Field(ge=1, le=400)] = 100
    """The first of the samples; without effect where they have labels or codes, which get a row each."""
    columns: Annotated[int, Field(ge=1, le=40)] = 10
    margin: Annotated[int, Field(ge=0, le=64)] = 4
    """Pixels between the images and around them; of previews as well."""


class ClaimParameters(ParameterModel):
    """What one score is expected to be."""

    statement: str = Field(default="", max_length=300)
    """The same in words, for readers."""
    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> "ClaimParameters":
        if self.at_most is None and self.at_least is None:
            raise ValueError("a claim takes `at_most`, `at_least` or both")
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            raise ValueError(f"a claim cannot hold of `at_least` {self.at_least:g} and `at_most` {self.at_most:g}")
        return self


Claims = dict[str, ClaimParameters]
"""The section ``<model>.claims``: claims by the score's path, such as ``frechet_classifier_distance.times_floor``."""
