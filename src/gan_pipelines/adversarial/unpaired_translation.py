"""Translation between two domains of pictures without pairs: CycleGAN and DiscoGAN."""

from collections.abc import Sequence
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
        a, b = (self.jitter([batch["samples"][domain::2]], key.fold_in(f"jitter {domain}"))[0] for domain in (0, 1))
        in_b, in_a = self.translator([a, b], training=True)
        real = self._discriminate(a, b)
        newest = self._discriminate(in_a, in_b)
        losses: dict[str, Tensor] = {}
        metrics: dict[str, Tensor] = {}
        if "generator" in players:
            metrics = self._distances((a, b), (in_a, in_b), real, newest)
            losses["generator"] = (
                self.adversarial_weight * sum(self._per_sample(self.loss.generator(each), a) for each in newest[:2])
                + self._cycle_weight(key) * metrics["cycle"]
                + self.identity_weight * metrics.get("identity", 0.0)
                + self.matching_weight * metrics.get("matching", 0.0)
            )
        if "discriminator" in players:
            shown = newest if self.pools is None else self._discriminate(*self._exchange(in_a, in_b, key))
            losses["discriminator"], found = self._discriminator_loss(real[:2], shown[:2], key, a)
            metrics |= found
        return ForwardResult(losses, metrics)

    def _discriminator_loss(
        self, real: Sequence[Tensor], shown: Sequence[Tensor], key: Key, like: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        keys = [key.fold_in("a"), key.fold_in("b")]
        pairs = list(zip(real, shown, strict=True))
        losses = [self.loss.discriminator(*pair, each) for pair, each in zip(pairs, keys, strict=True)]
        found = [self.loss.compute_metrics(*pair) for pair in pairs]
        metrics = {name: sum(self._per_sample(each[name], like) for each in found) / 2.0 for name in found[0]}
        return sum(self._per_sample(each, like) for each in losses), metrics

    def _distances(
        self,
        pictures: tuple[Tensor, Tensor],
        translations: tuple[Tensor, Tensor],
        real: Sequence[Tensor],
        generated: Sequence[Tensor],
    ) -> dict[str, Tensor]:
        a, b = pictures
        returned_b, returned_a = self.translator(list(translations), training=True)
        distance = DISTANCES[self.cycle.distance]
        distances = {"cycle": distance(returned_a, a) + distance(returned_b, b)}
        if self.identity_weight:
            same_b, same_a = self.translator([b, a], training=True)
            distances["identity"] = l1(same_a, a) + l1(same_b, b)
        if self.matching_weight:
            features = zip(real[2:], generated[2:], strict=True)
            differences = [ops.mean(true, axis=0) - ops.mean(found, axis=0) for true, found in features]
            distances["matching"] = sum(ops.mean(ops.square(each)) for each in differences) * ops.ones((a.shape[0],))
        return distances

    def _discriminate(self, a: Tensor, b: Tensor) -> list[Tensor]:
        return list(self.discriminator([a, b], training=True))

    def _exchange(self, in_a: Tensor, in_b: Tensor, key: Key) -> list[Tensor]:
        assert self.pools is not None  # noqa: S101 - for the type checker
        pairs = zip(self.pools, (in_a, in_b), ("pool a", "pool b"), strict=True)
        return [pool.exchange(pictures, key.fold_in(scope)) for pool, pictures, scope in pairs]

    def _cycle_weight(self, key: Key) -> Tensor | float:
        if self.cycle.early_weight is None:
            return self.cycle.weight
        return ops.where(key.step < self.cycle.early_steps, self.cycle.early_weight, self.cycle.weight)

    @staticmethod
    def _per_sample(values: Tensor, pictures: Tensor) -> Tensor:
        return per_sample(values, pictures.shape[0])
