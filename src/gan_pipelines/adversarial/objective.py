"""Losses, metrics and penalties of generator and discriminator on a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from keras import ops

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.adversarial.condition import Condition
from gan_pipelines.adversarial.losses import AdversarialLoss
from gan_pipelines.adversarial.mutual_information import MutualInformationPenalty
from gan_pipelines.adversarial.penalties import Penalty
from gan_pipelines.adversarial.sampling import latent_size, network_inputs
from gan_pipelines.adversarial.spectral_normalization import update_singular_vectors
from gan_pipelines.training.backend import ForwardResult, Key, LazyRegularizer, Tensor, random_tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch
from gan_pipelines.training.precision import in_float32
from gan_pipelines.training.randomness import Distribution


@dataclass(frozen=True)
class AdversarialObjective:
    """Objective of a GAN.

    In a conditional GAN (Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014), samples are generated
    with the conditions of the real samples of the batch, so both have the same class frequencies.

    Args:
        generator: From latents ``(batch, latent_size)`` to samples ``(batch, ...)``; if conditional, from latents and
            conditions ``(batch, size)``.
        discriminator: From samples to logits ``(batch, 1)``; if conditional, from samples and conditions. If the
            latents have codes, its further outputs are the estimates of the codes.
        loss: Losses of both networks.
        latent_distribution: Distribution of the noise.
        generator_batch_size: Latents per update of the generator alone, over all devices. Default: the number of real
            samples.
        penalties: Terms added to the discriminator's loss.
        augmentation: Applied to real and generated samples before the discriminator.
        mutual_information: Term added to both losses if the latents end in codes.
        batch_size: Real samples per batch, over all devices. Default: the size of the batch in each call.
        condition: Second input of both networks. Default: they have one input.
        prepare: Changes real samples before all else. Default: they stay as they are.
    """

    generator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    latent_distribution: Distribution = "normal"
    generator_batch_size: int | None = None
    penalties: Sequence[Penalty] = ()
    augmentation: Augmentation = field(default_factory=Augmentation)
    mutual_information: MutualInformationPenalty | None = None
    batch_size: int | None = None
    condition: Condition | None = None
    prepare: Callable[[Tensor, Key], Tensor] | None = None

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of all metrics logged in addition to the losses."""
        penalty_names = (name for penalty in self.penalties for name in (penalty.name, *penalty.metric_names))
        bound_names = () if self.mutual_information is None else self.mutual_information.metric_names
        return (*self.loss.metric_names, *penalty_names, *bound_names)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the losses of these players.

        ``batch`` has real ``samples`` ``(batch, ...)`` and what the condition needs, such as ``labels`` ``(batch,)``.
        """
        trains_discriminator = "discriminator" in players
        if trains_discriminator:
            # Once, before both passes: real and generated samples must see the same normalised kernels.
            update_singular_vectors(self.discriminator)
        condition = None if self.condition is None else self.condition(batch, key)
        real = batch["samples"] if self.prepare is None else self.prepare(batch["samples"], key)
        latents = self._latents(players, real, key)
        samples = self.generator(network_inputs(latents, condition), training=True)
        generated = self.augmentation(samples, key.fold_in("generated"))
        generated_logits, *estimates = self._discriminate(generated, condition)
        real_logits = None
        if trains_discriminator or self.loss.needs_real_logits:
            # Separate passes: batch normalisation must not mix the statistics of real and generated samples.
            real = self.augmentation(real, key.fold_in("real"))
            real_logits = self._discriminate(real, condition)[0]
        losses: dict[str, Tensor] = {}
        if "generator" in players:
            losses["generator"] = self.loss.generator(generated_logits, real_logits)
        if not trains_discriminator:
            return self._with_mutual_information(ForwardResult(losses, {}), latents, estimates)
        losses["discriminator"] = self.loss.discriminator(real_logits, generated_logits, key)
        metrics = self.loss.compute_metrics(real_logits, generated_logits)
        result = ForwardResult(losses, metrics, self._regularizers(real, generated, condition, key))
        return self._with_mutual_information(result, latents, estimates)

    def _with_mutual_information(
        self, result: ForwardResult, latents: Tensor, estimates: list[Tensor]
    ) -> ForwardResult:
        if self.mutual_information is None:
            return result
        penalty, bounds = self.mutual_information.loss(latents, estimates)
        losses = {player: loss + penalty for player, loss in result.losses.items()}
        return replace(result, losses=losses, metrics={**result.metrics, **bounds})

    def _discriminate(self, samples: Tensor, condition: Tensor | None) -> list[Tensor]:
        """Returns logits ``(batch, 1)`` and, if the latents have codes, the estimates of the codes."""
        outputs = self.discriminator(network_inputs(samples, condition), training=True)
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    def _latents(self, players: tuple[str, ...], real: Tensor, key: Key) -> Tensor:
        is_generator_phase = players == ("generator",)
        count = int(real.shape[0])
        if is_generator_phase and self.generator_batch_size:
            # A replica has a shard of the batch, and takes the same fraction of the generator's batch.
            count = self.generator_batch_size * count // (self.batch_size or count)
        code_size = 0 if self.mutual_information is None else self.mutual_information.codes.size
        latents = random_tensor(
            key, "latents", (count, latent_size(self.generator) - code_size), self.latent_distribution
        )
        if self.mutual_information is None:
            return latents
        return ops.concatenate([latents, self.mutual_information.draw(count, key)], axis=1)

    def _regularizers(
        self, real: Tensor, generated: Tensor, condition: Tensor | None, key: Key
    ) -> list[LazyRegularizer]:
        def critic(samples: Tensor) -> Tensor:
            with in_float32(self.discriminator):
                return self._discriminate(samples, condition)[0]

        return [
            LazyRegularizer(
                penalty.name,
                "discriminator",
                penalty.interval,
                key.step,
                partial(penalty, critic, real, generated, key),
                penalty.metric_names,
            )
            for penalty in self.penalties
        ]
