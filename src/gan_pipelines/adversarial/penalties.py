"""Penalties per sample on the discriminator: on its gradient norm, which takes second derivatives, or its logits.

The gradients are taken with respect to the augmented samples. They are per sample only if the discriminator treats the
samples of a batch independently: use one without batch normalisation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from keras import ops

from gan_pipelines.adversarial.parameters import (
    AdversarialTrainingParameters,
    DriftParameters,
    GradientPenaltyParameters,
    PenaltyParameters,
)
from gan_pipelines.training.backend import Key, Tensor, input_gradient, random_tensor

Critic = Callable[[Tensor], Tensor]
"""From samples ``(batch, ...)`` to logits ``(batch, 1)``."""

_EPSILON = 1e-12


class Penalty(Protocol):
    """Term added to the discriminator's loss, possibly at every few steps only."""

    @property
    def name(self) -> str:
        """Name of its mean in the log."""

    @property
    def interval(self) -> int:
        """The penalty is computed at multiples of this number of steps, and scaled by it."""

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of further logged metrics."""

    def __call__(self, critic: Critic, real: Tensor, generated: Tensor, key: Key) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns the penalty for each pair of a real and a generated sample, and metrics by name, all ``(batch,)``."""


@dataclass(frozen=True)
class GradientPenalty:
    """Gulrajani et al., "Improved Training of Wasserstein GANs", 2017: gradient norms of 1 at random interpolates.

    Args:
        weight: Lambda in the paper.
        interval: See `Penalty`.
    """

    weight: float
    interval: int = 1
    name = "gradient_penalty"
    metric_names = ("gradient_norm",)

    def __call__(self, critic: Critic, real: Tensor, generated: Tensor, key: Key) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns weight * (|∇D(y)| - 1)² at y drawn uniformly between each real and generated sample."""
        shape = (ops.shape(real)[0], *(1,) * (len(real.shape) - 1))
        fraction = (
            random_tensor(key.fold_in("gradient_penalty"), "share of the real sample", shape, "uniform") + 1.0
        ) / 2.0
        squared_norm = _squared_norm(input_gradient(critic, fraction * real + (1.0 - fraction) * generated))
        # The derivative of sqrt at 0 is infinite; without epsilon, a zero gradient of the critic would give NaN.
        norm = ops.sqrt(squared_norm + _EPSILON)
        return self.weight * ops.square(norm - 1.0), {"gradient_norm": norm}


@dataclass(frozen=True)
class ZeroCentredPenalty:
    """Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", 2018.

    Args:
        kind: ``r1`` for gradients at real samples, ``r2`` at generated samples.
        weight: Gamma in the paper.
        interval: See `Penalty`.
    """

    kind: Literal["r1", "r2"]
    weight: float
    interval: int = 1
    metric_names = ()

    @property
    def name(self) -> str:
        """Name of its mean in the log."""
        return f"{self.kind}_penalty"

    def __call__(
        self,
        critic: Critic,
        real: Tensor,
        generated: Tensor,
        key: Key,  # noqa: ARG002
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns weight / 2 * |∇D(y)|² at each sample y."""
        gradient = input_gradient(critic, real if self.kind == "r1" else generated)
        return self.weight / 2.0 * _squared_norm(gradient), {}


@dataclass(frozen=True)
class DriftPenalty:
    """Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs", 2018, appendix A.1.

    Args:
        weight: Epsilon_drift in the paper.
        interval: See `Penalty`.
    """

    weight: float
    interval: int = 1
    name = "drift"
    metric_names = ()

    def __call__(
        self,
        critic: Critic,
        real: Tensor,
        generated: Tensor,  # noqa: ARG002
        key: Key,  # noqa: ARG002
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns weight * D(y)² at each real sample y."""
        return self.weight * ops.square(critic(real)[:, 0]), {}


def build_penalties(parameters: AdversarialTrainingParameters) -> tuple[Penalty, ...]:
    """Returns the penalties listed in ``parameters.penalties``."""
    return tuple(_build_penalty(penalty) for penalty in parameters.penalties)


def _build_penalty(parameters: PenaltyParameters) -> Penalty:
    match parameters:
        case GradientPenaltyParameters():
            return GradientPenalty(parameters.weight, parameters.interval)
        case DriftParameters():
            return DriftPenalty(parameters.weight, parameters.interval)
    return ZeroCentredPenalty(parameters.name, parameters.weight, parameters.interval)


def _squared_norm(vectors: Tensor) -> Tensor:
    """Returns squared L2 norms: from ``(batch, ...)`` to ``(batch,)``."""
    return ops.sum(ops.square(vectors), axis=tuple(range(1, len(vectors.shape))))
