"""What a user can say about training a GAN."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, ResumableTrainingParameters

_Targets = Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]


class LabelParameters(ParameterModel):
    """What the discriminator is taught to say, from 0 (generated) to 1 (real).

    Both are the ends of a range from which each sample's target is drawn; equal ends draw nothing.
    """

    real: _Targets = Field(default=[1.0, 1.0])
    generated: _Targets = Field(default=[0.0, 0.0])


LABELS = {
    "hard": LabelParameters(),
    "one_sided": LabelParameters(real=[0.9, 0.9]),
    "smoothed": LabelParameters(real=[0.9, 0.9], generated=[0.1, 0.1]),
    "random": LabelParameters(real=[0.8, 1.0], generated=[0.0, 0.3]),
}
"""By name: as in the papers; smoothed for real samples only (Salimans et al., "Improved Techniques for Training GANs",
2016); smoothed and random as in "Mastering TensorFlow 1.x", chapter 14."""


class NonSaturatingParameters(ParameterModel):
    """Goodfellow et al., "Generative Adversarial Networks", 2014, in the form that keeps the generator's gradient."""

    name: Literal["non_saturating"] = "non_saturating"


class PlayerOptimizers(ParameterModel):
    """An optimizer for each player."""

    generator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)
    discriminator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)


class PreviewParameters(ParameterModel):
    """Which samples are drawn while training, from latents that stay the same."""

    images: Annotated[int, Field(ge=1, le=1000)] = 16
    every_epochs: Annotated[int, Field(ge=1)] = 1
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Instead of `every_epochs`; where both are given, `every_steps` counts."""
    at_epochs: list[Annotated[int, Field(ge=0)]] | None = None
    """Chosen epochs instead of regular ones; where given, they count. The first and the last step are always drawn."""

    def moments(self, steps_per_epoch: int, total_steps: int) -> Collection[int]:
        """Returns the steps after which samples are drawn; a training's end draws them in any case."""
        if self.at_epochs is not None:
            chosen = {0, *(epoch * steps_per_epoch for epoch in self.at_epochs)}
            return frozenset(step for step in chosen if step <= total_steps)
        return range(0, total_steps + 1, self.every_steps or self.every_epochs * steps_per_epoch)


class AdversarialTrainingParameters(ResumableTrainingParameters):
    """The section ``<model>.training`` of a GAN."""

    loss: NonSaturatingParameters = NonSaturatingParameters()
    labels: Literal["hard", "one_sided", "smoothed", "random"] | LabelParameters = "hard"
    """Targets of the cross-entropy: 1 and 0; 0.9 and 0; 0.9 and 0.1; drawn from [0.8, 1] and [0, 0.3]; or your own."""
    updates: Literal["simultaneous", "alternating"] = "simultaneous"
    """From one forward pass, or the discriminator first and the generator on fresh latents after it."""
    generator_batch_size: Annotated[int, Field(ge=1)] | None = None
    """Latents of the generator's own update, where updates alternate; without one, as many as the batch has samples."""
    optimizers: PlayerOptimizers = PlayerOptimizers()
    average_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Of an exponential moving average of the generator's weights; it becomes the generator where given."""
    preview: PreviewParameters = PreviewParameters()

    @property
    def label_targets(self) -> LabelParameters:
        """The ranges that `labels` names."""
        return LABELS[self.labels] if isinstance(self.labels, str) else self.labels

    @model_validator(mode="after")
    def _generator_has_its_own_update(self) -> "AdversarialTrainingParameters":
        if self.generator_batch_size is not None and self.updates != "alternating":
            raise ValueError(
                f"`generator_batch_size` is {self.generator_batch_size}, but `updates` is {self.updates!r}, where both "
                "networks learn from the same samples; set `updates` to 'alternating' or leave it out"
            )
        return self


class SamplingParameters(ParameterModel):
    """The section ``<model>.sampling``."""

    images: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
