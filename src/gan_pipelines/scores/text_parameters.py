"""What a user can say about scoring text."""

from typing import Annotated

from pydantic import Field, field_validator

from gan_pipelines.parameter_model import ParameterModel


class TextScoringParameters(ParameterModel):
    """The section ``headlines.scoring``."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides which headlines are scored where there are more than are asked for."""
    headlines: Annotated[int, Field(ge=2, le=100_000)] = 1000
    """The most that are scored on either side, generated and held-out; both sides have the same number."""
    self_bleu_order: Annotated[int, Field(ge=2, le=4)] = 3
    """The longest n-grams of self-BLEU."""
    temperatures: Annotated[list[Annotated[float, Field(gt=0, le=10)]], Field(max_length=20)] = Field(
        default_factory=lambda: [0.5, 0.7, 0.85, 1.0, 1.2]
    )
    """At which headlines are sampled for the quality-diversity curve; an empty list leaves the curve out."""

    @field_validator("temperatures")
    @classmethod
    def _are_different(cls, temperatures: list[float]) -> list[float]:
        if len(set(temperatures)) < len(temperatures):
            raise ValueError(f"each temperature can be given once, but they are {temperatures}")
        return temperatures
