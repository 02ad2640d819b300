"""What generator and discriminator want of each other on a batch of real images."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from keras import ops

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.adversarial.information import Information
from gan_pipelines.adversarial.losses import AdversarialLoss
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.penalties import Penalty
from gan_pipelines.adversarial.sampling import beside, classes_of, latent_size
from gan_pipelines.adversarial.spectral_normalization import advance
from gan_pipelines.training.backend import Key, LazyTerm, Tensor, noise
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch, Outcome, Phase
from gan_pipelines.training.precision import in_float32
from gan_pipelines.training.randomness import Distribution

SIMULTANEOUS = (Phase(("discriminator", "generator")),)
ALTERNATING = (Phase(("discriminator",)), Phase(("generator",)))


def phases(parameters: AdversarialTrainingParameters) -> tuple[Phase, ...]:
    """Returns what happens in a step."""
    if parameters.updates == "simultaneous":
        return SIMULTANEOUS
    return (Phase(("discriminator",), parameters.discriminator_updates), Phase(("generator",)))


@dataclass(frozen=True)
class AdversarialObjective:
    """Losses of a GAN.

    Where both networks take classes (Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014), each
    generated sample is asked to be of the class of a real one, so that classes are as frequent as among the real ones.

    Args:
        generator: From latents ``(batch, latent_size)`` to samples ``(batch, ...)``; a conditional one from latents and
            one-hot classes ``(batch, classes)``.
        discriminator: From samples to logits ``(batch, 1)``; a conditional one from samples and one-hot classes. Where
            codes are to be told, it also gives its estimates of them.
        loss: What each minimises.
        latent_distribution: From which latents are drawn.
        generator_batch_size: Latents of an update of the generator alone, over all devices; without one, as many as
            real samples.
        penalties: What is added to the discriminator's loss.
        augmentation: What is done to real and generated samples before the discriminator.
        information: Where the latents end in codes, what both players are paid for samples that tell them.
        batch_size: Real samples of a batch, over all devices; without one, those of a call are all.
    """

    generator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    latent_distribution: Distribution = "normal"
    generator_batch_size: int | None = None
    penalties: Sequence[Penalty] = ()
    augmentation: Augmentation = field(default_factory=Augmentation)
    information: Information | None = None
    batch_size: int | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the numbers that are logged beside the losses."""
        of_penalties = (name for penalty in self.penalties for name in (penalty.name, *penalty.figures))
        of_codes = () if self.information is None else self.information.figures
        return (*self.loss.figures, *of_penalties, *of_codes)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:
        """Computes the losses of these players.

        ``batch`` has real ``samples`` ``(batch, ...)`` and, where the networks take classes, their ``labels``
        ``(batch,)``.
        """
        judged = "discriminator" in players
        if judged:
            advance(self.discriminator)  # once for both passes, so that they meet the same discriminator
        classes = self._classes(batch)
        latents = self._latents(players, batch["samples"], key)
        drawn = self.generator(beside(latents, classes), training=True)
        generated = self.augmentation(drawn, key.within("generated"))
        generated_logits, *estimates = self._judge(generated, classes)
        real, real_logits = batch["samples"], None
        if judged or self.loss.compares:
            # Real and generated samples pass separately, each with the batch statistics of its own kind.
            real = self.augmentation(real, key.within("real"))
            real_logits = self._judge(real, classes)[0]
        losses: dict[str, Tensor] = {}
        if "generator" in players:
            losses["generator"] = self.loss.generator(generated_logits, real_logits)
        if not judged:
            return self._with_information(Outcome(losses, {}), latents, estimates)
        losses["discriminator"] = self.loss.discriminator(real_logits, generated_logits, key)
        figures = self.loss.measure(real_logits, generated_logits)
        outcome = Outcome(losses, figures, self._terms(real, generated, classes, key))
        return self._with_information(outcome, latents, estimates)

    def _with_information(self, outcome: Outcome, latents: Tensor, estimates: list[Tensor]) -> Outcome:
        if self.information is None:
            return outcome
        shared, bounds = self.information.loss(latents, estimates)
        losses = {player: loss + shared for player, loss in outcome.losses.items()}
        return replace(outcome, losses=losses, figures={**outcome.figures, **bounds})

    def _classes(self, batch: Batch) -> Tensor | None:
        """Returns the one-hot classes of the real samples, which the generated ones are to have as well."""
        if "labels" not in batch:
            return None
        return ops.one_hot(batch["labels"], classes_of(self.generator), dtype="float32")

    def _judge(self, samples: Tensor, classes: Tensor | None) -> list[Tensor]:
        """Returns logits ``(batch, 1)`` and estimates of the codes, if any."""
        outputs = self.discriminator(beside(samples, classes), training=True)
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    def _latents(self, players: tuple[str, ...], real: Tensor, key: Key) -> Tensor:
        alone = players == ("generator",)
        count = int(real.shape[0])
        if alone and self.generator_batch_size:
            count = self.generator_batch_size * count // (self.batch_size or count)  # a device has its part of both
        of_codes = 0 if self.information is None else self.information.codes.size
        latents = noise(key, "latents", (count, latent_size(self.generator) - of_codes), self.latent_distribution)
        if self.information is None:
            return latents
        return ops.concatenate([latents, self.information.draw(count, key)], axis=1)

    def _terms(self, real: Tensor, generated: Tensor, classes: Tensor | None, key: Key) -> list[LazyTerm]:
        def critic(samples: Tensor) -> Tensor:
            with in_float32(self.discriminator):
                return self._judge(samples, classes)[0]

        return [
            LazyTerm(
                penalty.name,
                "discriminator",
                penalty.interval,
                key.step,
                partial(penalty, critic, real, generated, key),
                penalty.figures,
            )
            for penalty in self.penalties
        ]
