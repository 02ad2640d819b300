"""Adversarial losses, per sample; the engine takes the mean.

Each is a pair of functions of the discriminator's logits, ``(batch, 1)`` or ``(batch,)``, and gives ``(batch,)``.
"""

from dataclasses import dataclass, field
from typing import Protocol

from keras import ops

from gan_pipelines.adversarial.boundary_equilibrium import BoundaryEquilibrium
from gan_pipelines.adversarial.parameters import (
    AdversarialTrainingParameters,
    BoundaryEquilibriumParameters,
    HingeParameters,
    LabelParameters,
    LeastSquaresParameters,
    RelativisticParameters,
    WassersteinParameters,
)
from gan_pipelines.training.backend import Key, Tensor, noise
from gan_pipelines.training.configured_keras import keras

_ACCURACIES = ("real_accuracy", "generated_accuracy")


class AdversarialLoss(Protocol):
    """What the two players of a GAN minimise."""

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of what `measure` returns; those that end in ``accuracy`` are shares."""

    @property
    def compares(self) -> bool:
        """Whether the generator's loss compares generated with real samples, one by one."""

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns the discriminator's loss for each pair of a real and a generated sample, ``(batch,)``."""

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """Returns the generator's loss for each generated sample, ``(batch,)``; it gets real logits if it compares."""

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns per-sample figures that say how the game stands, by name."""


@dataclass(frozen=True)
class NonSaturating:
    """Goodfellow et al., "Generative Adversarial Networks", 2014: the generator maximises log D(G(z)).

    Written with softplus, which neither overflows nor loses the gradient of confident logits.

    Args:
        labels: Ranges of the discriminator's targets, from 0 (generated) to 1 (real).
    """

    labels: LabelParameters = field(default_factory=LabelParameters)
    figures = _ACCURACIES
    compares = False

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns -log D(x) - log(1 - D(G(z))) where the targets are 1 and 0, their cross-entropies elsewhere."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        return _cross_entropy(real, _targets(self.labels.real, real, key.within("real"))) + _cross_entropy(
            generated, _targets(self.labels.generated, generated, key.within("generated"))
        )

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -log D(G(z))."""
        return _cross_entropy(_flat(generated_logits), 1.0)

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample was told rightly."""
        return _accuracies(real_logits, generated_logits, 0.0)


@dataclass(frozen=True)
class LeastSquares:
    """Mao et al., "Least Squares Generative Adversarial Networks", 2017.

    Args:
        generated_target: What the discriminator should say of generated samples; a in the paper.
        real_target: What it should say of real ones; b.
        generator_target: What the generator wants it to say of generated ones; c.
    """

    generated_target: float
    real_target: float
    generator_target: float
    figures = _ACCURACIES
    compares = False

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns half of (D(x) - b)² + (D(G(z)) - a)²."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        return (ops.square(real - self.real_target) + ops.square(generated - self.generated_target)) / 2.0

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns half of (D(G(z)) - c)²."""
        return ops.square(_flat(generated_logits) - self.generator_target) / 2.0

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample is on its side of the middle between the discriminator's targets."""
        return _accuracies(real_logits, generated_logits, (self.generated_target + self.real_target) / 2.0)


@dataclass(frozen=True)
class Hinge:
    """Lim and Ye, "Geometric GAN", 2017; as in Miyato et al., "Spectral Normalization for GANs", 2018."""

    figures = _ACCURACIES
    compares = False

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns max(0, 1 - D(x)) + max(0, 1 + D(G(z)))."""
        return ops.relu(1.0 - _flat(real_logits)) + ops.relu(1.0 + _flat(generated_logits))

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -D(G(z))."""
        return -_flat(generated_logits)

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample was told rightly."""
        return _accuracies(real_logits, generated_logits, 0.0)


@dataclass(frozen=True)
class Wasserstein:
    """Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017; the discriminator is called critic there.

    It bounds the distance only with a critic whose slope is bounded: by a weight limit or by a gradient penalty.
    """

    figures = ("wasserstein_estimate",)
    compares = False

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns D(G(z)) - D(x)."""
        return _flat(generated_logits) - _flat(real_logits)

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -D(G(z))."""
        return -_flat(generated_logits)

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns D(x) - D(G(z)), whose mean estimates the distance times the critic's steepest slope."""
        return {"wasserstein_estimate": _flat(real_logits) - _flat(generated_logits)}


@dataclass(frozen=True)
class Relativistic:
    """Jolicoeur-Martineau, "The Relativistic Discriminator", 2018, in pairs.

    As in Huang et al., "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024: only the difference between a
    real and a generated sample counts, so that the discriminator cannot push all generated ones to one side.
    """

    figures = ("pair_accuracy",)
    compares = True

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns softplus(D(G(z)) - D(x))."""
        return keras.activations.softplus(_flat(generated_logits) - _flat(real_logits))

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """Returns softplus(D(x) - D(G(z)))."""
        return keras.activations.softplus(_flat(real_logits) - _flat(generated_logits))

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether the real sample of each pair was rated above the generated one."""
        return {"pair_accuracy": _flat(real_logits) > _flat(generated_logits)}


def build_loss(parameters: AdversarialTrainingParameters) -> AdversarialLoss:
    """Makes the loss that the parameters name."""
    match parameters.loss:
        case LeastSquaresParameters(
            generated_target=generated_target, real_target=real_target, generator_target=generator_target
        ):
            return LeastSquares(generated_target, real_target, generator_target)
        case HingeParameters():
            return Hinge()
        case WassersteinParameters():
            return Wasserstein()
        case RelativisticParameters():
            return Relativistic()
        case BoundaryEquilibriumParameters(diversity_ratio=diversity_ratio, control_rate=control_rate):
            return BoundaryEquilibrium(diversity_ratio, control_rate)
        case _:
            return NonSaturating(parameters.label_targets)


def _targets(ends: list[float], logits: Tensor, key: Key) -> Tensor | float:
    """Returns a target for each of the logits ``(batch,)``, drawn from a range."""
    low, high = ends
    if low == high:
        return low
    return low + (high - low) * (noise(key, "labels", ops.shape(logits), "uniform") + 1.0) / 2.0


def _flat(logits: Tensor) -> Tensor:
    return ops.reshape(ops.cast(logits, "float32"), (-1,))


def _cross_entropy(logits: Tensor, target: Tensor | float) -> Tensor:
    """Binary cross-entropy of logits ``(batch,)``: softplus(x) - target * x."""
    return keras.activations.softplus(logits) - target * logits


def _accuracies(real_logits: Tensor, generated_logits: Tensor, threshold: float) -> dict[str, Tensor]:
    return {"real_accuracy": real_logits > threshold, "generated_accuracy": generated_logits < threshold}
