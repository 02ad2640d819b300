"""What a user can say about training a GAN."""

from typing import Annotated, Literal

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, ResumableTrainingParameters


class NonSaturatingParameters(ParameterModel):
    """Goodfellow et al., "Generative Adversarial Networks", 2014, in the form that keeps the generator's gradient."""

    name: Literal["non_saturating"] = "non_saturating"
    label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    """Taken from the target of real images only (Salimans et al., "Improved Techniques for Training GANs", 2016)."""


class PlayerOptimizers(ParameterModel):
    """An optimizer for each player."""

    generator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)
    discriminator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)


class PreviewParameters(ParameterModel):
    """Which images are drawn while training, from latents that stay the same."""

    images: Annotated[int, Field(ge=1, le=256)] = 16
    every_epochs: Annotated[int, Field(ge=1)] = 1
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Instead of `every_epochs`; where both are given, `every_steps` counts."""


class AdversarialTrainingParameters(ResumableTrainingParameters):
    """The section ``<model>.training`` of a GAN."""

    loss: NonSaturatingParameters = NonSaturatingParameters()
    updates: Literal["simultaneous", "alternating"] = "simultaneous"
    """From one forward pass, or the discriminator first and the generator on fresh latents after it."""
    optimizers: PlayerOptimizers = PlayerOptimizers()
    average_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Of an exponential moving average of the generator's weights; it becomes the generator where given."""
    preview: PreviewParameters = PreviewParameters()


class SamplingParameters(ParameterModel):
    """The section ``<model>.sampling``."""

    images: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    grid_images: Annotated[int, Field(ge=1, le=400)] = 100
    """The first of them, shown in the sample grid."""
    grid_columns: Annotated[int, Field(ge=1, le=40)] = 10
