"""Adversarial losses, per sample; the engine takes the mean.

Each is a pair of functions of the discriminator's logits, ``(batch, 1)`` or ``(batch,)``, and gives ``(batch,)``.
"""

from dataclasses import dataclass
from typing import Protocol

import keras
from keras import ops

from gan_pipelines.adversarial.parameters import NonSaturatingParameters
from gan_pipelines.training.tensorflow_backend import Tensor


class AdversarialLoss(Protocol):
    """What the two players of a GAN minimise."""

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor) -> Tensor:
        """Returns the discriminator's loss for each pair of a real and a generated sample, ``(batch,)``."""

    def generator(self, generated_logits: Tensor) -> Tensor:
        """Returns the generator's loss for each generated sample, ``(batch,)``."""


@dataclass(frozen=True)
class NonSaturating:
    """Goodfellow et al., "Generative Adversarial Networks", 2014: the generator maximises log D(G(z)).

    Written with softplus, which neither overflows nor loses the gradient of confident logits.

    Args:
        label_smoothing: Taken from the target of real samples, in [0, 0.5).
    """

    label_smoothing: float = 0.0

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor) -> Tensor:
        """Returns -log D(x) - log(1 - D(G(z))), with the real target lowered by the smoothing."""
        real_target = 1.0 - self.label_smoothing
        return _cross_entropy(real_logits, real_target) + _cross_entropy(generated_logits, 0.0)

    def generator(self, generated_logits: Tensor) -> Tensor:
        """Returns -log D(G(z))."""
        return _cross_entropy(generated_logits, 1.0)


def build_loss(parameters: NonSaturatingParameters) -> AdversarialLoss:
    """Makes the loss that the parameters name."""
    return NonSaturating(parameters.label_smoothing)


def _cross_entropy(logits: Tensor, target: float) -> Tensor:
    """Binary cross-entropy of logits, ``(batch, 1)`` to ``(batch,)``: softplus(x) - target * x."""
    flat = ops.reshape(ops.cast(logits, "float32"), (-1,))
    return keras.activations.softplus(flat) - target * flat
