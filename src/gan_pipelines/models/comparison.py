"""The parameters of the comparison, which chooses among the models of images."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, field_validator

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.reporting.leaderboard import RankedBy
from gan_pipelines.reporting.parameters import Claims

if TYPE_CHECKING:
    ImageModel: TypeAlias = str
else:
    ImageModel = Literal[tuple(name for name, model in MODELS.items() if model.kind.data == "images")]


class LeaderboardParameters(ParameterModel):
    """The section ``compare.leaderboard``: which runs are ranked, and by what."""

    other_models: list[ImageModel] = Field(default=[])
    """Whose kept runs are ranked as well; none of them is trained for it. A text names them with a plus between."""
    versions: Literal["all", "latest"] | Annotated[int, Field(ge=1)] = "all"
    """All kept runs of each model, its latest one, or so many of its latest."""
    rank_by: RankedBy = "frechet_distance"

    @field_validator("other_models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @property
    def most_versions(self) -> int | None:
        """Returns how many runs of a model are ranked at most; None for all."""
        return {"all": None, "latest": 1}[self.versions] if isinstance(self.versions, str) else self.versions


class CompareParameters(ParameterModel):
    """The parameters of the comparison."""

    models: list[ImageModel] = Field(default=["photo_gan", "photo_dcgan"], min_length=2)
    """Whose results are compared; each is trained first where it is not. A text names them with a plus between."""
    leaderboard: LeaderboardParameters = LeaderboardParameters()
    claims: Claims = Field(default={})

    @field_validator("models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @field_validator("models")
    @classmethod
    def _are_different(cls, models: list[str]) -> list[str]:
        if len(set(models)) < len(models):
            raise ValueError(f"each model can be compared once, but `models` are {', '.join(models)}")
        return models

    @property
    def ranked_models(self) -> list[str]:
        """Returns the models on the leaderboard, each once: those compared, and the others it names."""
        return list(dict.fromkeys([*self.models, *self.leaderboard.other_models]))


def _split(models: object) -> object:
    return models.split("+") if isinstance(models, str) else models
