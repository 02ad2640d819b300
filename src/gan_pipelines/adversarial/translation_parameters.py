"""Parameters of the training of translators from one picture to another."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.adversarial.parameters import (
    GeneratorTrainingParameters,
    HingeParameters,
    LeastSquaresParameters,
    NonSaturatingParameters,
    PlayersTrainingParameters,
)
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters

Distance = Literal["l1", "l2"]
"""Mean absolute or mean squared difference of pixels in [-1, 1]."""

_Weight = Annotated[float, Field(ge=0)]


class JitterParameters(ParameterModel):
    """Random changes of the training pictures; those of a pair change alike."""

    shift: Annotated[int, Field(ge=0, le=512)] = 0
    """Largest shift along each axis in pixels; for pairs of unequal size, in pixels of the smaller picture."""
    flip: bool = False
    """Whether half of the pictures are mirrored left to right."""


class ReconstructionParameters(ParameterModel):
    """Distance between a translation and the true picture."""

    distance: Distance = "l1"
    weight: _Weight = 100.0


class ContentParameters(ParameterModel):
    """Distance between features of a translation and of the true picture: mean squared difference.

    Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", 2016, section
    2.2. The features are those of a network that is trained for this purpose, never those that the scores use.
    """

    layers: list[Annotated[int, Field(ge=1, le=16)]] = Field(default=[1, 2], min_length=1)
    """Convolutions whose activations are compared, from 1; VGG19 has 16."""
    weight: _Weight = 1.0


class CycleParameters(ParameterModel):
    """Distance between a picture and its translation there and back."""

    distance: Distance = "l1"
    weight: _Weight = 10.0
    early_weight: _Weight | None = None
    """Weight during the first `early_steps` steps. Default: `weight`."""
    early_steps: Annotated[int, Field(ge=0)] = 0


class TranslationTrainingParameters(PlayersTrainingParameters):
    """Keys of the section ``<model>.training`` that all translators have."""

    loss: Annotated[NonSaturatingParameters | LeastSquaresParameters | HingeParameters, Field(discriminator="name")] = (
        NonSaturatingParameters()
    )
    adversarial_weight: _Weight = 1.0
    """Weight of the generator's adversarial loss."""
    jitter: JitterParameters = JitterParameters()


class PairedTrainingParameters(TranslationTrainingParameters):
    """The section ``<model>.training`` of a translator that is trained on pairs."""

    reconstruction: ReconstructionParameters = ReconstructionParameters()
    content: ContentParameters | None = None


class UnpairedTrainingParameters(TranslationTrainingParameters):
    """The section ``<model>.training`` of two translators, there and back, that are trained on two domains."""

    cycle: CycleParameters = CycleParameters()
    identity_weight: _Weight = 0.0
    """Weight of the mean absolute difference between a picture and the output of the translator *to* its domain."""
    pool: Annotated[int, Field(ge=0, le=1000)] = 0
    """Earlier translations of each domain that the discriminator may be shown again. Default: none."""
    matching_weight: _Weight = 0.0
    """Weight of the squared difference between the mean features of a discriminator for real pictures and for
    translations (Salimans et al., "Improved Techniques for Training GANs", 2016)."""


class PretrainingParameters(GeneratorTrainingParameters):
    """The section ``<model>.pretraining``: the generator alone is trained on pairs."""

    distance: Distance = "l2"
    optimizer: OptimizerParameters = AdamParameters(learning_rate=1e-4)
    jitter: JitterParameters = JitterParameters()
