"""Adversarial losses, per sample; the engine takes the mean.

Each is a pair of functions of the discriminator's logits, ``(batch, 1)`` or ``(batch,)``, and gives ``(batch,)``.
"""

from dataclasses import dataclass, field
from typing import Protocol

import keras
from keras import ops

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, LabelParameters
from gan_pipelines.training.tensorflow_backend import Key, Tensor, noise


class AdversarialLoss(Protocol):
    """What the two players of a GAN minimise."""

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns the discriminator's loss for each pair of a real and a generated sample, ``(batch,)``."""

    def generator(self, generated_logits: Tensor) -> Tensor:
        """Returns the generator's loss for each generated sample, ``(batch,)``."""


@dataclass(frozen=True)
class NonSaturating:
    """Goodfellow et al., "Generative Adversarial Networks", 2014: the generator maximises log D(G(z)).

    Written with softplus, which neither overflows nor loses the gradient of confident logits.

    Args:
        labels: Ranges of the discriminator's targets, from 0 (generated) to 1 (real).
    """

    labels: LabelParameters = field(default_factory=LabelParameters)

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns -log D(x) - log(1 - D(G(z))) where the targets are 1 and 0, their cross-entropies elsewhere."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        return _cross_entropy(real, _targets(self.labels.real, real, key.within("real"))) + _cross_entropy(
            generated, _targets(self.labels.generated, generated, key.within("generated"))
        )

    def generator(self, generated_logits: Tensor) -> Tensor:
        """Returns -log D(G(z))."""
        return _cross_entropy(_flat(generated_logits), 1.0)


def build_loss(parameters: AdversarialTrainingParameters) -> AdversarialLoss:
    """Makes the loss that the parameters name."""
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
