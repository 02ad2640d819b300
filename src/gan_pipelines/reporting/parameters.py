"""Parameters of image grids and of claims about scores."""

from typing import Annotated

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel


class GridParameters(ParameterModel):
    """The section ``<model>.grid``: layout of image grids."""

    images: Annotated[int, Field(ge=1, le=400)] = 100
    """Number of samples in the grid. No effect if samples have labels or codes, which have one row each."""
    columns: Annotated[int, Field(ge=1, le=40)] = 10
    margin: Annotated[int, Field(ge=0, le=64)] = 4
    """Pixels between and around the images, also in previews."""


class SheetParameters(ParameterModel):
    """The section ``<model>.grid`` of a translator: layout of its sheets."""

    rows: Annotated[int, Field(ge=1, le=40)] = 6
    """Number of held-out pictures on a sheet, evenly spaced."""
    margin: Annotated[int, Field(ge=0, le=64)] = 4
    """Pixels between and around the pictures of previews."""


class ClaimParameters(ParameterModel):
    """Claim: bounds for a score."""

    statement: str = Field(default="", max_length=300)
    """The claim as text, for the model card. Default: empty."""
    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> "ClaimParameters":
        if self.at_most is None and self.at_least is None:
            raise ValueError("a claim requires `at_most`, `at_least` or both")
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            raise ValueError(f"`at_least` is {self.at_least:g}; allowed: at most `at_most` ({self.at_most:g})")
        return self


Claims = dict[str, ClaimParameters]
"""The section ``<model>.claims``: claims by dotted path, such as ``frechet_classifier_distance.ratio_to_real``."""
