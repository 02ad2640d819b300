"""Parameters of GAN training and sampling."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, ResumableTrainingParameters

_Targets = Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]


class LabelSmoothingParameters(ParameterModel):
    """Discriminator targets, from 0 (generated) to 1 (real).

    Each is a range [low, high] from which every sample's target is drawn uniformly; if low = high, it is constant.
    """

    real: _Targets = Field(default=[1.0, 1.0])
    generated: _Targets = Field(default=[0.0, 0.0])


LABEL_SMOOTHINGS = {
    "hard": LabelSmoothingParameters(),
    "one_sided": LabelSmoothingParameters(real=[0.9, 0.9]),
    "smoothed": LabelSmoothingParameters(real=[0.9, 0.9], generated=[0.1, 0.1]),
    "random": LabelSmoothingParameters(real=[0.8, 1.0], generated=[0.0, 0.3]),
}
"""Presets of the targets: ``one_sided`` smooths the targets of real samples only (Salimans et al., "Improved Techniques
for Training GANs", 2016); ``smoothed`` and ``random`` are those of "Mastering TensorFlow 1.x", chapter 14."""


class NonSaturatingParameters(ParameterModel):
    """Goodfellow et al., "Generative Adversarial Networks", 2014, with the non-saturating generator loss."""

    name: Literal["non_saturating"] = "non_saturating"


class LeastSquaresParameters(ParameterModel):
    """Mao et al., "Least Squares Generative Adversarial Networks", 2017."""

    name: Literal["least_squares"]
    generated_target: float = 0.0
    """Discriminator target for generated samples (a in the paper)."""
    real_target: float = 1.0
    """Discriminator target for real samples (b); must be above `generated_target`."""
    generator_target: float = 1.0
    """Generator target for generated samples (c)."""

    @model_validator(mode="after")
    def _real_is_above_generated(self) -> "LeastSquaresParameters":
        if self.real_target <= self.generated_target:
            raise ValueError(
                f"`real_target` is {self.real_target:g} and `generated_target` {self.generated_target:g}; "
                "`real_target` must be the larger one"
            )
        return self


class HingeParameters(ParameterModel):
    """Lim and Ye, "Geometric GAN", 2017."""

    name: Literal["hinge"]


class WassersteinParameters(ParameterModel):
    """Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017; needs `weight_clip` or a gradient penalty."""

    name: Literal["wasserstein"]


class RelativisticParameters(ParameterModel):
    """Pairwise relativistic loss of Huang et al., "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024."""

    name: Literal["relativistic"]


class BoundaryEquilibriumParameters(ParameterModel):
    """Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017.

    Needs a discriminator that is an autoencoder.
    """

    name: Literal["boundary_equilibrium"]
    diversity_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Target ratio of the reconstruction errors of generated and real samples (gamma in the paper)."""
    lambda_k: Annotated[float, Field(gt=0, le=1)] = 0.001
    """Gain of the proportional control of k (lambda_k in the paper)."""


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
    """Number of steps between evaluations, each of which is scaled by this number (lazy regularisation in Karras et
    al., "Analyzing and Improving the Image Quality of StyleGAN", 2020)."""


class GradientPenaltyParameters(_PenaltyParameters):
    """Gulrajani et al., "Improved Training of Wasserstein GANs", 2017.

    Pulls the gradient norm towards 1 at random interpolates between real and generated samples.
    """

    name: Literal["gradient_penalty"]
    weight: Annotated[float, Field(gt=0)] = 10.0


class ZeroCentredPenaltyParameters(_PenaltyParameters):
    """Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", 2018.

    Penalises the squared gradient norm at real samples (``r1``) or at generated samples (``r2``); `weight` is gamma.
    """

    name: Literal["r1", "r2"]


class DriftParameters(_PenaltyParameters):
    """Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs", 2018: the squared logits of real samples."""

    name: Literal["drift"]
    weight: Annotated[float, Field(gt=0)] = 0.001


PenaltyParameters = Annotated[
    GradientPenaltyParameters | ZeroCentredPenaltyParameters | DriftParameters, Field(discriminator="name")
]

AugmentationName = Literal["brightness", "saturation", "contrast", "translation", "cutout"]


class PlayerOptimizers(ParameterModel):
    """Optimizers of generator and discriminator."""

    generator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)
    discriminator: OptimizerParameters = AdamParameters(learning_rate=2e-4, beta_1=0.5)


class MutualInformationParameters(ParameterModel):
    """Weights of the lower bound on the mutual information between codes and samples, for each kind of code.

    Lambda in Chen et al., "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative
    Adversarial Nets", 2016.
    """

    categorical: Annotated[float, Field(ge=0)] = 1.0
    continuous: Annotated[float, Field(ge=0)] = 0.1


class StepTriggerParameters(ParameterModel):
    """Steps of the training at which something is recorded."""

    every_epochs: Annotated[int, Field(ge=1)] = 1
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Interval in steps; if given, it overrides `every_epochs`."""
    at_epochs: list[Annotated[int, Field(ge=0)]] | None = None
    """List of epochs; if given, it overrides `every_epochs` and `every_steps`."""

    def steps(self, steps_per_epoch: int, total_steps: int) -> Collection[int]:
        """Returns the steps after which it is recorded, including 0 (before the first step)."""
        if self.at_epochs is not None:
            chosen = {0, *(epoch * steps_per_epoch for epoch in self.at_epochs)}
            return frozenset(step for step in chosen if step <= total_steps)
        return range(0, total_steps + 1, self.every_steps or self.every_epochs * steps_per_epoch)


class PreviewParameters(StepTriggerParameters):
    """Previews: samples from fixed latents during the training; the last step is always included."""

    images: Annotated[int, Field(ge=1, le=1000)] = 16


class GeneratorTrainingParameters(ResumableTrainingParameters):
    """Parameters of every training of a generator, with or without a discriminator."""

    ema_decay: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Decay of an exponential moving average of the generator's weights; if given, the averaged generator is previewed
    and saved. Default: no average."""
    preview: PreviewParameters = PreviewParameters()


class PlayersTrainingParameters(GeneratorTrainingParameters):
    """Parameters of every training of a generator against a discriminator."""

    loss: LossParameters = NonSaturatingParameters()
    label_smoothing: Literal["hard", "one_sided", "smoothed", "random"] | LabelSmoothingParameters = "hard"
    """Discriminator targets (real and generated) of the loss ``non_saturating``: the name of a preset, or ranges.

    ``hard`` is 1 and 0; ``one_sided`` 0.9 and 0; ``smoothed`` 0.9 and 0.1; ``random`` draws from [0.8, 1] and [0, 0.3].
    """
    updates: Literal["simultaneous", "alternating"] = "simultaneous"
    """``simultaneous``: one forward pass updates both networks; ``alternating``: the discriminator is updated first,
    then the generator in a forward pass of its own."""
    discriminator_updates: Annotated[int, Field(ge=1, le=100)] = 1
    """Discriminator updates per step, each on a new batch; above 1 only if `updates` is ``alternating``."""
    generator_updates: Annotated[int, Field(ge=1, le=100)] = 1
    """Generator updates per step, likewise."""
    optimizers: PlayerOptimizers = PlayerOptimizers()

    @property
    def label_targets(self) -> LabelSmoothingParameters:
        """The ranges of the targets, with the preset's name resolved."""
        return LABEL_SMOOTHINGS[self.label_smoothing] if isinstance(self.label_smoothing, str) else self.label_smoothing

    @property
    def batches_per_step(self) -> int:
        """Batches per step: that of the player with more updates."""
        return max(self.discriminator_updates, self.generator_updates)

    @model_validator(mode="after")
    def _updates_are_repeated_in_turn_only(self) -> "PlayersTrainingParameters":
        for key in ("discriminator_updates", "generator_updates"):
            if getattr(self, key) > 1 and self.updates != "alternating":
                raise ValueError(
                    f"`{key}` is {getattr(self, key)}, but `updates` is {self.updates!r}, where both networks are "
                    f"updated together; set `updates` to 'alternating' or remove `{key}`"
                )
        return self

    @model_validator(mode="after")
    def _label_smoothing_matches_the_loss(self) -> "PlayersTrainingParameters":
        if self.loss.name != "non_saturating" and self.label_smoothing != "hard":
            raise ValueError(
                f"`label_smoothing` applies to the loss 'non_saturating' only, but `loss.name` is {self.loss.name!r}; "
                "remove `label_smoothing` or set it to 'hard'"
            )
        return self

    @model_validator(mode="after")
    def _gradients_are_clipped_on_one_device(self) -> "PlayersTrainingParameters":
        clips = self.optimizers.generator.clip_norm is not None or self.optimizers.discriminator.clip_norm is not None
        if clips and self.devices in ("mirrored", "multi_worker"):
            raise ValueError(
                f"`clip_norm` is given and `devices` is {self.devices!r}, but each replica would clip its own "
                "gradients before they are combined; remove `clip_norm` or choose other `devices`"
            )
        return self


class AdversarialTrainingParameters(PlayersTrainingParameters):
    """The section ``<model>.training`` of a GAN that generates from latents."""

    snapshots: StepTriggerParameters | None = None
    """Steps at which the generator's weights are saved, for its scores over the training; the last step is always
    included. Each snapshot takes 4 bytes per weight, in every checkpoint and on disk. Default: no snapshots.
    """
    penalties: list[PenaltyParameters] = Field(default=[])
    """Penalties on the discriminator's gradient norm or logits, added to its loss; each name at most once."""
    augmentation: list[AugmentationName] = Field(default=[])
    """Augmentations applied to real and generated images before the discriminator, in this order (Zhao et al.,
    "Differentiable Augmentation for Data-Efficient GAN Training", 2020)."""
    mutual_information: MutualInformationParameters | None = None
    """Weights of the mutual information term if `networks.codes` is given. Default: `MutualInformationParameters()`."""
    weight_clip: Annotated[float, Field(gt=0)] | None = None
    """All trainable weights of the discriminator are clipped to [-weight_clip, weight_clip]: kernels, biases, and the
    scales and offsets of normalisation layers (Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017). Default: no
    clipping.
    """
    generator_batch_size: Annotated[int, Field(ge=1)] | None = None
    """Latents per generator update, if `updates` is ``alternating``. Default: `batch_size`."""

    @model_validator(mode="after")
    def _generator_batch_size_matches_the_updates(self) -> "AdversarialTrainingParameters":
        if self.generator_batch_size is not None and self.updates != "alternating":
            raise ValueError(
                f"`generator_batch_size` is {self.generator_batch_size}, but `updates` is {self.updates!r}, where both "
                "networks are trained on the same samples; set `updates` to 'alternating' or remove "
                "`generator_batch_size`"
            )
        if self.loss.name == "relativistic" and self.generator_batch_size not in (None, self.batch_size):
            raise ValueError(
                f"`generator_batch_size` is {self.generator_batch_size}, but the loss 'relativistic' pairs each "
                f"generated sample with one of the {self.batch_size} real samples of a batch; remove it"
            )
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> "AdversarialTrainingParameters":
        lists: dict[str, list[str]] = {
            "penalties": [penalty.name for penalty in self.penalties],
            "augmentation": [*self.augmentation],
        }
        for key, names in lists.items():
            duplicates = sorted({name for name in names if names.count(name) > 1})
            if duplicates:
                raise ValueError(f"`{key}` names {', '.join(duplicates)} more than once; each may be listed once")
        return self


class SamplingParameters(ParameterModel):
    """The section ``<model>.sampling``."""

    images: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    truncation: Annotated[float, Field(ge=0.05, le=10)] | None = None
    """Truncation trick: noise values outside [-truncation, truncation] are redrawn; codes are not affected. Smaller
    values trade diversity for sample quality (Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity
    Natural Image Synthesis", 2019). Truncated latents have smaller norms than those of the training, and some
    generators produce artifacts at small values, as in the paper. Must be below 1 for uniform latents. Default: no
    truncation.
    """


class InterpolationParameters(ParameterModel):
    """The section ``<model>.interpolation``: a grid with one row per pair of latents."""

    rows: Annotated[int, Field(ge=1, le=40)] = 8
    columns: Annotated[int, Field(ge=2, le=40)] = 10
    """Samples per row, including both ends."""
