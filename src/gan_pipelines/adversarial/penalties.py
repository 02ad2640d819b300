"""Penalties on the slope of the discriminator, per sample; each is differentiated twice.

They look at the discriminator where it looks: at samples after augmentation. A discriminator that mixes the samples of
a batch, as batch normalisation does, has no slope of its own at a sample; take one without.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from keras import ops

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, GradientPenaltyParameters
from gan_pipelines.training.backend import Key, Tensor, input_gradient, noise

Critic = Callable[[Tensor], Tensor]
"""From samples ``(batch, ...)`` to logits ``(batch, 1)``."""

_EPSILON = 1e-12


class Penalty(Protocol):
    """What is added to the discriminator's loss, at every step or at every few."""

    @property
    def name(self) -> str:
        """Names its mean in the log."""

    @property
    def interval(self) -> int:
        """It is computed at steps that are multiples of this, and counts that many times then."""

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of what is logged beside it."""

    def __call__(self, critic: Critic, real: Tensor, generated: Tensor, key: Key) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns the penalty of each pair of a real and a generated sample, ``(batch,)``, and figures likewise."""


@dataclass(frozen=True)
class GradientPenalty:
    """Gulrajani et al., "Improved Training of Wasserstein GANs", 2017: slopes of 1 between real and generated samples.

    Args:
        weight: Lambda in the paper.
        interval: See `Penalty`.
    """

    weight: float
    interval: int = 1
    name = "gradient_penalty"
    figures = ("gradient_norm",)

    def __call__(self, critic: Critic, real: Tensor, generated: Tensor, key: Key) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns weight * (|slope| - 1)² at a place drawn evenly between each real and its generated sample."""
        shape = (ops.shape(real)[0], *(1,) * (len(real.shape) - 1))
        share = (noise(key.within(self.name), "share of the real sample", shape, "uniform") + 1.0) / 2.0
        squared = _squared_length(input_gradient(critic, share * real + (1.0 - share) * generated))
        # The root's own slope at 0 is infinite; a critic that starts flat would give gradients that are not numbers.
        norm = ops.sqrt(squared + _EPSILON)
        return self.weight * ops.square(norm - 1.0), {"gradient_norm": norm}


@dataclass(frozen=True)
class ZeroCentredPenalty:
    """Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", 2018.

    Args:
        kind: ``r1`` looks at real samples, ``r2`` at generated ones.
        weight: Gamma in the paper.
        interval: See `Penalty`.
    """

    kind: Literal["r1", "r2"]
    weight: float
    interval: int = 1
    figures = ()

    @property
    def name(self) -> str:
        """Names its mean in the log."""
        return f"{self.kind}_penalty"

    def __call__(
        self,
        critic: Critic,
        real: Tensor,
        generated: Tensor,
        key: Key,  # noqa: ARG002
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns weight / 2 * |slope|² at each sample."""
        slope = input_gradient(critic, real if self.kind == "r1" else generated)
        return self.weight / 2.0 * _squared_length(slope), {}


def build_penalties(parameters: AdversarialTrainingParameters) -> tuple[Penalty, ...]:
    """Makes the penalties that the parameters name."""
    return tuple(
        GradientPenalty(penalty.weight, penalty.interval)
        if isinstance(penalty, GradientPenaltyParameters)
        else ZeroCentredPenalty(penalty.name, penalty.weight, penalty.interval)
        for penalty in parameters.penalties
    )


def _squared_length(vectors: Tensor) -> Tensor:
    """From ``(batch, ...)`` to ``(batch,)``."""
    return ops.sum(ops.square(vectors), axis=tuple(range(1, len(vectors.shape))))
