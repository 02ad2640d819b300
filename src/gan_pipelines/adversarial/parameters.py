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


class LeastSquaresParameters(ParameterModel):
    """Mao et al., "Least Squares Generative Adversarial Networks", 2017."""

    name: Literal["least_squares"]
    generated_target: float = 0.0
    """What the discriminator should say of generated samples; a in the paper."""
    real_target: float = 1.0
    """What it should say of real ones; b."""
    generator_target: float = 1.0
    """What the generator wants it to say of generated ones; c."""

    @model_validator(mode="after")
    def _real_is_above_generated(self) -> "LeastSquaresParameters":
        if self.real_target <= self.generated_target:
            raise ValueError(
                f"`real_target` is {self.real_target:g} and `generated_target` {self.generated_target:g}; "
                "give real samples the larger one"
            )
        return self


class HingeParameters(ParameterModel):
    """Lim and Ye, "Geometric GAN", 2017."""

    name: Literal["hinge"]


class WassersteinParameters(ParameterModel):
    """Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017; needs a weight limit or a gradient penalty."""

    name: Literal["wasserstein"]


class RelativisticParameters(ParameterModel):
    """Pairs, as in Huang et al., "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024."""

    name: Literal["relativistic"]


class BoundaryEquilibriumParameters(ParameterModel):
    """Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017.

    Needs a discriminator that is an autoencoder.
    """

    name: Literal["boundary_equilibrium"]
    diversity_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How badly generated samples are to be rebuilt, as a share of real ones; gamma in the paper."""
    control_rate: Annotated[float, Field(gt=0, le=1)] = 0.001
    """How fast the balance is steered there; lambda_k in the paper."""


LossParameters = Annotated[
    NonSaturatingParameters
    | LeastSquaresParameters
    | HingeParameters
    | WassersteinParameters
    | RelativisticParameters
    | BoundaryEquilibriumParameters,
    Field(discriminator="name"),
]


class _PenaltyParameters(ParameterModel):
    weight: Annotated[float, Field(gt=0)]
    interval: Annotated[int, Field(ge=1, le=1000)] = 1
    """Computed at every so many steps alone, where it counts that many times (Karras et al., "Analyzing and Improving
    the Image Quality of StyleGAN", 2020)."""


class GradientPenaltyParameters(_PenaltyParameters):
    """Gulrajani et al., "Improved Training of Wasserstein GANs", 2017: slopes of 1 between real and generated ones."""

    name: Literal["gradient_penalty"]
    weight: Annotated[float, Field(gt=0)] = 10.0


class ZeroCentredPenaltyParameters(_PenaltyParameters):
    """Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", 2018.

    Flat at real samples (`r1`) or at generated ones (`r2`); `weight` is gamma there.
    """

    name: Literal["r1", "r2"]


PenaltyParameters = Annotated[GradientPenaltyParameters | ZeroCentredPenaltyParameters, Field(discriminator="name")]

AugmentationName = Literal["brightness", "saturation", "contrast", "translation", "cutout"]


class PlayerOptimizers(ParameterModel):
    """An optimizer for each player."""

    generator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)
    discriminator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)


class InformationParameters(ParameterModel):
    """How much the bound on the information that samples hold of their codes counts.

    Lambda in Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative
    Adversarial Nets", 2016, for each kind of code.
    """

    categorical: Annotated[float, Field(ge=0)] = 1.0
    continuous: Annotated[float, Field(ge=0)] = 0.1


class Moments(ParameterModel):
    """When something is done while training."""

    every_epochs: Annotated[int, Field(ge=1)] = 1
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Instead of `every_epochs`; where both are given, `every_steps` counts."""
    at_epochs: list[Annotated[int, Field(ge=0)]] | None = None
    """Chosen epochs instead of regular ones; where given, they count."""

    def steps(self, steps_per_epoch: int, total_steps: int) -> Collection[int]:
        """Returns the steps after which it is done, 0 (before the first) among them."""
        if self.at_epochs is not None:
            chosen = {0, *(epoch * steps_per_epoch for epoch in self.at_epochs)}
            return frozenset(step for step in chosen if step <= total_steps)
        return range(0, total_steps + 1, self.every_steps or self.every_epochs * steps_per_epoch)


class PreviewParameters(Moments):
    """Which samples are drawn while training, from latents that stay the same; the end is always drawn."""

    images: Annotated[int, Field(ge=1, le=1000)] = 16


class AdversarialTrainingParameters(ResumableTrainingParameters):
    """The section ``<model>.training`` of a GAN."""

    loss: LossParameters = NonSaturatingParameters()
    labels: Literal["hard", "one_sided", "smoothed", "random"] | LabelParameters = "hard"
    """Targets of the cross-entropy: 1 and 0; 0.9 and 0; 0.9 and 0.1; drawn from [0.8, 1] and [0, 0.3]; or your own."""
    penalties: list[PenaltyParameters] = Field(default=[])
    """On the discriminator's slope."""
    augmentation: list[AugmentationName] = Field(default=[])
    """Of real and generated images before the discriminator, in this order (Zhao et al., "Differentiable Augmentation
    for Data-Efficient GAN Training", 2020)."""
    information: InformationParameters | None = None
    """Of the codes, where `networks.codes` has some; without one, what it has by default."""
    updates: Literal["simultaneous", "alternating"] = "simultaneous"
    """From one forward pass, or the discriminator first and the generator on fresh latents after it."""
    discriminator_updates: Annotated[int, Field(ge=1, le=100)] = 1
    """Of the discriminator before each of the generator, each on its own batch, where updates alternate."""
    weight_limit: Annotated[float, Field(gt=0)] | None = None
    """All that the discriminator learns is kept in [-limit, limit]: kernels, biases, and the scales and offsets of
    normalisation where it has any (Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017).
    """
    generator_batch_size: Annotated[int, Field(ge=1)] | None = None
    """Latents of the generator's own update, where updates alternate; without one, as many as the batch has samples."""
    optimizers: PlayerOptimizers = PlayerOptimizers()
    average_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Of an exponential moving average of the generator's weights; it becomes the generator where given."""
    preview: PreviewParameters = PreviewParameters()
    snapshots: Moments | None = None
    """When the generator's weights are kept, from which its scores over the training are made; the end always is.

    Each takes 4 bytes a weight, in every checkpoint and on the disk.
    """

    @property
    def label_targets(self) -> LabelParameters:
        """The ranges that `labels` names."""
        return LABELS[self.labels] if isinstance(self.labels, str) else self.labels

    @model_validator(mode="after")
    def _updates_take_turns_where_it_is_needed(self) -> "AdversarialTrainingParameters":
        if self.generator_batch_size is not None and self.updates != "alternating":
            raise ValueError(
                f"`generator_batch_size` is {self.generator_batch_size}, but `updates` is {self.updates!r}, where both "
                "networks learn from the same samples; set `updates` to 'alternating' or leave it out"
            )
        if self.discriminator_updates > 1 and self.updates != "alternating":
            raise ValueError(
                f"`discriminator_updates` is {self.discriminator_updates}, but `updates` is {self.updates!r}, where "
                "both networks are updated at once; set `updates` to 'alternating' or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _loss_takes_what_is_said(self) -> "AdversarialTrainingParameters":
        loss = self.loss.name
        if loss != "non_saturating" and self.labels != "hard":
            raise ValueError(
                f"`labels` are targets of the loss 'non_saturating', but `loss.name` is {loss!r}; leave `labels` out "
                "or set it to 'hard'"
            )
        if loss == "relativistic" and self.generator_batch_size not in (None, self.batch_size):
            raise ValueError(
                f"`generator_batch_size` is {self.generator_batch_size}, but the loss 'relativistic' pairs each "
                f"generated sample with one of the {self.batch_size} real ones of a batch; leave it out"
            )
        return self

    @model_validator(mode="after")
    def _things_are_named_once(self) -> "AdversarialTrainingParameters":
        lists: dict[str, list[str]] = {
            "penalties": [penalty.name for penalty in self.penalties],
            "augmentation": [*self.augmentation],
        }
        for key, names in lists.items():
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"`{key}` names {', '.join(twice)} more than once; name each once")
        return self

    @model_validator(mode="after")
    def _clipping_sees_the_whole_batch(self) -> "AdversarialTrainingParameters":
        clips = self.optimizers.generator.clip_norm is not None or self.optimizers.discriminator.clip_norm is not None
        if clips and self.devices in ("mirrored", "multi_worker"):
            raise ValueError(
                f"`clip_norm` would clip each device's share of the gradients by itself where `devices` is "
                f"{self.devices!r}; leave it out or choose other devices"
            )
        return self


class SamplingParameters(ParameterModel):
    """The section ``<model>.sampling``."""

    images: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    truncation: Annotated[float, Field(ge=0.05, le=10)] | None = None
    """Each number of a latent's noise beyond [-truncation, truncation] is drawn again until it is not; codes are left
    as they are. The smaller, the more alike the samples (Brock, Donahue and Simonyan, "Large Scale GAN Training for
    High Fidelity Natural Image Synthesis", 2019). Such latents are shorter than those of the training; from a small
    truncation on, some generators draw nothing of use, as the paper found too. Uniform latents end at 1 anyway.
    """


class InterpolationParameters(ParameterModel):
    """The section ``<model>.interpolation``: samples on the way from one latent to another, a row for each way."""

    rows: Annotated[int, Field(ge=1, le=40)] = 8
    columns: Annotated[int, Field(ge=2, le=40)] = 10
    """Samples in a row, both ends among them."""
