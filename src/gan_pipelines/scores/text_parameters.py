"""Parameters of the scores of text."""

from typing import Annotated

from pydantic import Field, field_validator

from gan_pipelines.parameter_model import ParameterModel


class TextScoringParameters(ParameterModel):
    """The section ``headlines.scoring``."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the subsets of headlines that are scored."""
    headlines: Annotated[int, Field(ge=2, le=100_000)] = 1000
    """Maximum number of generated and of held-out headlines scored; both sets have the same size."""
    self_bleu_order: Annotated[int, Field(ge=2, le=4)] = 3
    """Length of the longest n-grams of self-BLEU."""
    temperatures: Annotated[list[Annotated[float, Field(gt=0, le=10)]], Field(max_length=20)] = Field(
        default_factory=lambda: [0.5, 0.7, 0.85, 1.0, 1.2]
    )
    """Sampling temperatures of the quality-diversity curve. If the list is empty, there is no curve."""

    @field_validator("temperatures")
    @classmethod
    def _are_different(cls, temperatures: list[float]) -> list[float]:
        if len(set(temperatures)) < len(temperatures):
            raise ValueError(f"the temperatures must be distinct, but they are {temperatures}; remove the duplicates")
        return temperatures
