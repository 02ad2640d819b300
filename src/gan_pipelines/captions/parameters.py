"""Parameters of the encoders of captions and pictures."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, TrainingParameters


class EncoderTrainingParameters(TrainingParameters):
    """The section ``<model>.text_encoder``: two encoders that are trained to match pictures and their captions."""

    reading: Literal["in_order", "any_order"] = "in_order"
    """``in_order`` reads a caption word by word in both directions (a bidirectional GRU); ``any_order`` takes the mean
    of its words, which is faster, and cannot see what an adjective belongs to."""
    vector_size: Annotated[int, Field(ge=2, le=4096)] = 64
    """Length of the vectors of captions and of pictures."""
    steps: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = 400
    batch_size: Annotated[int, Field(ge=2)] = 64
    optimizer: OptimizerParameters = AdamParameters(learning_rate=2e-3)


class CaptionSamplingParameters(ParameterModel):
    """The section ``<model>.sampling``."""

    images: Annotated[int, Field(ge=2, le=1_000_000)] = 200
    """Number of pictures that are scored, drawn from the captions of held-out pictures in turn."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    captions: list[Annotated[str, Field(min_length=1, max_length=1000)]] = Field(default=[], max_length=100)
    """Captions of which ``caption_grid`` shows pictures. Default: the first captions of held-out pictures."""
