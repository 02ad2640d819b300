"""Parameter schemas of the models that draw pictures from captions."""

from typing import Annotated

from pydantic import Field, model_validator

from gan_pipelines.adversarial.caption_parameters import CaptionTrainingParameters
from gan_pipelines.captions.parameters import CaptionSamplingParameters, EncoderTrainingParameters
from gan_pipelines.networks.caption_parameters import StackGANTreeNetworksParameters, StagesNetworksParameters
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.reporting.parameters import Claims
from gan_pipelines.scores.parameters import (
    ClassifierTrainingParameters,
    MetricNetworkParameters,
    SampleScoringParameters,
)
from gan_pipelines.sources.caption_parameters import CaptionedImagesParameters


class CaptionGridParameters(ParameterModel):
    """The section ``<model>.grid``."""

    captions: Annotated[int, Field(ge=1, le=100)] = 8
    """Captions whose pictures are shown, if ``sampling.captions`` are not given."""
    images: Annotated[int, Field(ge=1, le=20)] = 4
    """Pictures of each caption."""
    margin: Annotated[int, Field(ge=0, le=64)] = 8
    """White pixels between pictures."""


class CaptionScoringParameters(SampleScoringParameters):
    """The section ``<model>.scoring``."""

    metric_network: MetricNetworkParameters = MetricNetworkParameters()
    attribute_network: ClassifierTrainingParameters = ClassifierTrainingParameters()
    """Training of the network that reads from pictures what their captions are about."""


class CaptionedGANParameters(PresetParameters):
    """Parameters of all models that draw from captions."""

    images: CaptionedImagesParameters = CaptionedImagesParameters()
    text_encoder: EncoderTrainingParameters = EncoderTrainingParameters()
    training: CaptionTrainingParameters = CaptionTrainingParameters()
    sampling: CaptionSamplingParameters = CaptionSamplingParameters()
    grid: CaptionGridParameters = CaptionGridParameters()
    scoring: CaptionScoringParameters = CaptionScoringParameters()
    claims: Claims = Field(default={})


class StackGANParameters(CaptionedGANParameters):
    """Parameters of a GAN that draws from captions in two stages."""

    networks: StagesNetworksParameters = StagesNetworksParameters()
    stage_one: CaptionTrainingParameters = CaptionTrainingParameters()
    """Training of stage I; ``training`` is that of stage II."""

    @model_validator(mode="after")
    def _stage_two_enlarges(self) -> "StackGANParameters":
        small, large = self.networks.stage_one_size, self.images.image_size
        if large not in (2 * small, 4 * small):
            raise ValueError(
                f"`networks.stage_one_size` is {small} and the pictures have {large} px (`images.size`), but stage II "
                f"enlarges 2 or 4 times; set `networks.stage_one_size` to {large // 2} or {large // 4}"
            )
        return self


class StackGANTreeParameters(CaptionedGANParameters):
    """Parameters of a GAN that draws pictures of several sizes from captions."""

    networks: StackGANTreeNetworksParameters = StackGANTreeNetworksParameters()
