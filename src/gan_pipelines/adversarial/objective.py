"""What generator and discriminator want of each other on a batch of real images."""

from dataclasses import dataclass

import keras
from keras import ops

from gan_pipelines.adversarial.losses import AdversarialLoss
from gan_pipelines.training.engine import Batch, Outcome, Phase
from gan_pipelines.training.tensorflow_backend import Key, Tensor, noise

SIMULTANEOUS = (Phase(("discriminator", "generator")),)
ALTERNATING = (Phase(("discriminator",)), Phase(("generator",)))
PHASES = {"simultaneous": SIMULTANEOUS, "alternating": ALTERNATING}


@dataclass(frozen=True)
class AdversarialObjective:
    """Losses of an unconditional GAN.

    Args:
        generator: From latents ``(batch, latent_size)`` to pixels in [-1, 1].
        discriminator: From pixels to logits ``(batch, 1)``.
        loss: What each minimises.
    """

    generator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    figures: tuple[str, ...] = ("real_accuracy", "generated_accuracy")

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:
        """Computes the losses of these players; ``batch["pixels"]`` is ``(batch, height, width, channels)``."""
        real = batch["pixels"]
        latents = noise(key, "latents", (ops.shape(real)[0], self.generator.input_shape[-1]))
        generated_logits = self.discriminator(self.generator(latents, training=True), training=True)
        losses: dict[str, Tensor] = {}
        figures: dict[str, Tensor] = {}
        if "generator" in players:
            losses["generator"] = self.loss.generator(generated_logits)
        if "discriminator" in players:
            # Real and generated images pass separately, each with the batch statistics of its own kind.
            real_logits = self.discriminator(real, training=True)
            losses["discriminator"] = self.loss.discriminator(real_logits, generated_logits)
            figures = {"real_accuracy": real_logits > 0, "generated_accuracy": generated_logits < 0}
        return Outcome(losses, figures)
