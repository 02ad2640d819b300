"""Parameters of the training of networks that draw pictures from captions."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.adversarial.parameters import (
    HingeParameters,
    LeastSquaresParameters,
    NonSaturatingParameters,
    PlayersTrainingParameters,
)


class CaptionTrainingParameters(PlayersTrainingParameters):
    """The section ``<model>.training`` of a GAN that draws from captions."""

    loss: Annotated[NonSaturatingParameters | LeastSquaresParameters | HingeParameters, Field(discriminator="name")] = (
        NonSaturatingParameters()
    )
    mismatched: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Weight, among all pictures that the discriminator must refuse, of real ones beside the caption of another
    picture; generated ones have the rest. Published: 0.5."""
    kl_weight: Annotated[float, Field(ge=0)] = 2.0
    """Weight of the mean over the numbers of a condition of its divergence from the normal distribution. It limits what
    a picture can show of its caption. Published: 2.0, with 128 numbers."""
    unconditional_weight: Annotated[float, Field(ge=0)] = 1.0
    """Weight of the judgements whether a picture looks real, of discriminators that have them."""
    colour_weight: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the difference of mean colours, and of five times that of their covariances, between a picture and the
    next larger one of the same sample. Published: 0 with captions, 50 without."""
