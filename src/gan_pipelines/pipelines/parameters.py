"""Each model's parameters, whole: what is checked before anything runs."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, SamplingParameters
from gan_pipelines.headlines.model_parameters import (
    DecodingParameters,
    LanguageModelParameters,
    LanguageTrainingParameters,
)
from gan_pipelines.headlines.parameters import TextParameters
from gan_pipelines.networks.parameters import SIZE_STEPS, ImageNetworksParameters, PointNetworksParameters
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.reporting.parameters import Claims, GridParameters
from gan_pipelines.scores.parameters import PointScoringParameters, ScoringParameters
from gan_pipelines.scores.text_parameters import TextScoringParameters
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.point_parameters import PointsParameters

ImageGAN = Literal["dcgan", "simple_gan", "photo_dcgan", "photo_gan"]


class ImageGANParameters(PresetParameters):
    """The parameters of a GAN that draws images."""

    images: ImagesParameters = ImagesParameters()
    networks: ImageNetworksParameters = ImageNetworksParameters()
    training: AdversarialTrainingParameters = AdversarialTrainingParameters()
    sampling: SamplingParameters = SamplingParameters()
    grid: GridParameters = GridParameters()
    scoring: ScoringParameters = ScoringParameters()
    claims: Claims = Field(default={})

    @model_validator(mode="after")
    def _networks_fit_the_images(self) -> "ImageGANParameters":
        size, step = self.images.image_size, SIZE_STEPS[self.networks.architecture]
        if size % step:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} makes images whose size is a multiple of "
                f"{step} px, but these have {size} px; change `images.size` or the architecture"
            )
        return self


class PointGANParameters(PresetParameters):
    """The parameters of a GAN that draws points of a plane."""

    points: PointsParameters = PointsParameters()
    networks: PointNetworksParameters = PointNetworksParameters()
    training: AdversarialTrainingParameters = AdversarialTrainingParameters()
    sampling: SamplingParameters = SamplingParameters()
    scoring: PointScoringParameters = PointScoringParameters()
    claims: Claims = Field(default={})


class HeadlinesParameters(PresetParameters):
    """The parameters of a language model that writes headlines."""

    text: TextParameters = TextParameters()
    networks: LanguageModelParameters = LanguageModelParameters()
    training: LanguageTrainingParameters = LanguageTrainingParameters()
    sampling: DecodingParameters = DecodingParameters()
    scoring: TextScoringParameters = TextScoringParameters()
    claims: Claims = Field(default={})


class CompareParameters(ParameterModel):
    """The parameters of the comparison."""

    models: list[ImageGAN] = Field(default=["photo_gan", "photo_dcgan"], min_length=2)
    """Whose results are compared; each is trained first where it is not. A text names them with a plus between."""
    claims: Claims = Field(default={})

    @field_validator("models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return models.split("+") if isinstance(models, str) else models

    @field_validator("models")
    @classmethod
    def _are_different(cls, models: list[ImageGAN]) -> list[ImageGAN]:
        if len(set(models)) < len(models):
            raise ValueError(f"each model can be compared once, but `models` are {', '.join(models)}")
        return models


MODEL_PARAMETERS: dict[str, type[ParameterModel]] = {
    "dcgan": ImageGANParameters,
    "simple_gan": ImageGANParameters,
    "photo_dcgan": ImageGANParameters,
    "photo_gan": ImageGANParameters,
    "quadratic_gan": PointGANParameters,
    "headlines": HeadlinesParameters,
    "compare": CompareParameters,
}
"""What stands below each top-level key of the parameters."""
