"""Translation between two domains of pictures without pairs: CycleGAN and DiscoGAN."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from keras import ops

from gan_pipelines.adversarial.distances import DISTANCES, l1
from gan_pipelines.adversarial.image_pool import ImagePool
from gan_pipelines.adversarial.jitter import Jitter
from gan_pipelines.adversarial.losses import AdversarialLoss, per_sample
from gan_pipelines.adversarial.translation_parameters import CycleParameters
from gan_pipelines.training.backend import ForwardResult, Key, Tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch


@dataclass(frozen=True)
class UnpairedTranslation:
    """Adversarial losses in both domains, and distances between pictures and their translations there and back.

    Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", 2017,
    equation 3, and the identity loss of section 5.2; Kim, Cha, Kim, Lee and Kim, "Learning to Discover Cross-Domain
    Relations with Generative Adversarial Networks", 2017, whose implementation matches features as well.

    Args:
        translator: From pictures of both domains to their translations, ``[a, b] -> [a in B, b in A]``.
        discriminator: From pictures of both domains to logits, then features; half of the outputs for each domain.
        loss: Adversarial losses.
        adversarial_weight: Weight of the translator's.
        cycle: Distance between a picture and its translation there and back.
        identity_weight: Weight of the distance between a picture and its translation to its own domain.
        matching_weight: Weight of the squared distance of mean features.
        pools: Pool of earlier translations to each domain. Default: only new ones are shown.
        jitter: Changes the pictures of each domain, before all else.
    """

    translator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    adversarial_weight: float = 1.0
    cycle: CycleParameters = field(default_factory=CycleParameters)
    identity_weight: float = 0.0
    matching_weight: float = 0.0
    pools: tuple[ImagePool, ImagePool] | None = None
    jitter: Jitter = field(default_factory=Jitter)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics: those of the loss, and the distances without their weights."""
        weights = {"identity": self.identity_weight, "matching": self.matching_weight}
        return (*self.loss.metric_names, "cycle", *(name for name, weight in weights.items() if weight))

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the losses; ``batch`` has ``samples``: pictures a0, b0, a1, b1, ... ``(2 * batch, ...)``."""
        samples = [batch["samples"][domain::2] for domain in (0, 1)]
        real = [self.jitter([each], key.fold_in(f"jitter {domain}"))[0] for domain, each in enumerate(samples)]
        generated, count = self._translate(real), real[0].shape[0]
        real_outputs, generated_outputs = self._discriminate(real), self._discriminate(generated)
        losses: dict[str, Tensor] = {}
        metrics: dict[str, Tensor] = {}
        if "generator" in players:
            metrics = self._distances(real, generated, real_outputs[2:], generated_outputs[2:])
            adversarial = sum(per_sample(self.loss.generator(logits), count) for logits in generated_outputs[:2])
            losses["generator"] = self.adversarial_weight * adversarial + sum(
                weight * metrics[name] for name, weight in self._weights(key).items()
            )
        if "discriminator" in players:
            if self.pools is not None:
                generated_outputs = self._discriminate(self._exchange(self.pools, generated, key))
            pairs = list(zip(real_outputs[:2], generated_outputs[:2], strict=True))
            each = [self.loss.discriminator(*pair, key.fold_in(scope)) for pair, scope in zip(pairs, "ab", strict=True)]
            losses["discriminator"] = sum(per_sample(values, count) for values in each)
            found = [self.loss.compute_metrics(*pair) for pair in pairs]
            metrics |= {name: sum(per_sample(both[name], count) for both in found) / 2.0 for name in found[0]}
        return ForwardResult(losses, metrics)

    def _translate(self, pictures: Sequence[Tensor]) -> list[Tensor]:
        """Translates ``[a, b]`` and returns the pictures in the order of their new domains: in A, in B."""
        return list(self.translator(list(pictures), training=True))[::-1]

    def _discriminate(self, pictures: Sequence[Tensor]) -> list[Tensor]:
        return list(self.discriminator(list(pictures), training=True))

    def _distances(
        self,
        real: Sequence[Tensor],
        generated: Sequence[Tensor],
        real_features: Sequence[Tensor],
        generated_features: Sequence[Tensor],
    ) -> dict[str, Tensor]:
        distances = {"cycle": _sum_of(DISTANCES[self.cycle.distance], self._translate(generated), real)}
        if self.identity_weight:
            distances["identity"] = _sum_of(l1, self._translate(real[::-1]), real)
        if self.matching_weight:
            features = zip(real_features, generated_features, strict=True)
            differences = [ops.mean(true, axis=0) - ops.mean(found, axis=0) for true, found in features]
            total = sum(ops.mean(ops.square(difference)) for difference in differences)
            distances["matching"] = total * ops.ones((real[0].shape[0],))
        return distances

    def _weights(self, key: Key) -> dict[str, Tensor | float]:
        weights = {"cycle": self.cycle.weight, "identity": self.identity_weight, "matching": self.matching_weight}
        if self.cycle.early_weight is not None:
            is_early = key.step < self.cycle.early_steps
            weights["cycle"] = ops.where(is_early, self.cycle.early_weight, self.cycle.weight)
        return {name: weight for name, weight in weights.items() if name in self.metric_names}

    @staticmethod
    def _exchange(pools: tuple[ImagePool, ImagePool], generated: Sequence[Tensor], key: Key) -> list[Tensor]:
        each = zip(pools, generated, ("pool a", "pool b"), strict=True)
        return [pool.exchange(pictures, key.fold_in(scope)) for pool, pictures, scope in each]


def _sum_of(distance: Callable[[Tensor, Tensor], Tensor], found: Sequence[Tensor], true: Sequence[Tensor]) -> Tensor:
    return sum(distance(*pair) for pair in zip(found, true, strict=True))
