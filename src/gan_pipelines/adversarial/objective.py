"""What generator and discriminator want of each other on a batch of real images."""

from dataclasses import dataclass

import keras
from keras import ops

from gan_pipelines.adversarial.losses import AdversarialLoss
from gan_pipelines.training.engine import Batch, Outcome, Phase
from gan_pipelines.training.randomness import Distribution
from gan_pipelines.training.tensorflow_backend import Key, Tensor, noise

SIMULTANEOUS = (Phase(("discriminator", "generator")),)
ALTERNATING = (Phase(("discriminator",)), Phase(("generator",)))
PHASES = {"simultaneous": SIMULTANEOUS, "alternating": ALTERNATING}


@dataclass(frozen=True)
class AdversarialObjective:
    """Losses of an unconditional GAN.

    Args:
        generator: From latents ``(batch, latent_size)`` to samples ``(batch, ...)``.
        discriminator: From samples to logits ``(batch, 1)``.
        loss: What each minimises.
        latent_distribution: From which latents are drawn.
        generator_batch_size: Latents of an update of the generator alone; without one, as many as real samples.
    """

    generator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    latent_distribution: Distribution = "normal"
    generator_batch_size: int | None = None
    figures: tuple[str, ...] = ("real_accuracy", "generated_accuracy")

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:
        """Computes the losses of these players; ``batch["samples"]`` holds real ones, ``(batch, ...)``."""
        real = batch["samples"]
        alone = players == ("generator",)
        count = self.generator_batch_size if alone and self.generator_batch_size else ops.shape(real)[0]
        latents = noise(key, "latents", (count, self.generator.input_shape[-1]), self.latent_distribution)
        generated_logits = self.discriminator(self.generator(latents, training=True), training=True)
        losses: dict[str, Tensor] = {}
        figures: dict[str, Tensor] = {}
        if "generator" in players:
            losses["generator"] = self.loss.generator(generated_logits)
        if "discriminator" in players:
            # Real and generated samples pass separately, each with the batch statistics of its own kind.
            real_logits = self.discriminator(real, training=True)
            losses["discriminator"] = self.loss.discriminator(real_logits, generated_logits, key)
            figures = {"real_accuracy": real_logits > 0, "generated_accuracy": generated_logits < 0}
        return Outcome(losses, figures)
