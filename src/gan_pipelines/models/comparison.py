"""Parameters of the comparison of image models."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, field_validator

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.reporting.leaderboard import RankedBy
from gan_pipelines.reporting.parameters import Claims

if TYPE_CHECKING:
    ImageModel: TypeAlias = str
else:
    ImageModel = Literal[tuple(name for name, model in MODELS.items() if model.kind.data in ("images", "translations"))]


class LeaderboardParameters(ParameterModel):
    """The section ``compare.leaderboard``: selection and ranking of the runs."""

    other_models: list[ImageModel] = Field(default=[])
    """Further models whose stored runs are ranked; they are not trained. A list, or a text such as ``dcgan+wgan``."""
    versions: Literal["all", "latest"] | Annotated[int, Field(ge=1)] = "all"
    """Runs of each model to rank: ``all``, ``latest``, or the number of latest runs."""
    rank_by: RankedBy = "frechet_distance"

    @field_validator("other_models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @property
    def max_versions(self) -> int | None:
        """Returns the maximum number of runs per model; None for all."""
        return {"all": None, "latest": 1}[self.versions] if isinstance(self.versions, str) else self.versions


class CompareParameters(ParameterModel):
    """The section ``compare``."""

    models: list[ImageModel] = Field(default=["photo_gan", "photo_dcgan"], min_length=2)
    """Models to compare; those without results are trained first. A list, or a text such as ``dcgan+wgan``."""
    leaderboard: LeaderboardParameters = LeaderboardParameters()
    claims: Claims = Field(default={})

    @field_validator("models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @field_validator("models")
    @classmethod
    def _models_are_unique(cls, models: list[str]) -> list[str]:
        if len(set(models)) < len(models):
            raise ValueError(
                f"`models` are {', '.join(models)}, but each model can be compared once; remove duplicates"
            )
        return models

    @property
    def ranked_models(self) -> list[str]:
        """Returns the models on the leaderboard without duplicates: `models`, then `leaderboard.other_models`."""
        return list(dict.fromkeys([*self.models, *self.leaderboard.other_models]))


def _split(models: object) -> object:
    return models.split("+") if isinstance(models, str) else models
