"""Networks that draw pictures of one or more sizes from captions, and discriminators that see both.

Zhang et al., "StackGAN: Text to Photo-realistic Image Synthesis with Stacked Generative Adversarial Networks", 2016,
and "StackGAN++: Realistic Image Synthesis with Stacked Generative Adversarial Networks", 2017.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from keras import ops

from gan_pipelines.adversarial.condition import Condition
from gan_pipelines.adversarial.growth import averaged
from gan_pipelines.adversarial.losses import AdversarialLoss, per_sample
from gan_pipelines.adversarial.sampling import latent_size
from gan_pipelines.training.backend import ForwardResult, Key, Tensor, random_tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch

_COVARIANCE_WEIGHT = 5.0  # of the covariances of colours, beside their means


@dataclass(frozen=True)
class CaptionedObjective:
    """Adversarial losses of pictures with captions, and the divergence of conditions from the normal distribution.

    The discriminator must accept real pictures beside their captions, and refuse generated ones, and real ones beside
    the caption of another picture of the batch.

    Args:
        generator: From latents and captions to pictures in [-1, 1], of one size or of several, smallest first.
        discriminator: From the pictures of all sizes, and captions or means of conditions, to logits: one column a
            picture; or two, whether it fits its caption and whether it looks real.
        conditioning: From captions to mean and logarithm of the deviation of their conditions; a view of the generator.
        loss: Adversarial losses.
        condition: Computes the captions' vectors.
        sees_mean: Whether the discriminator sees the means of the conditions; else it sees captions.
        mismatched: Weight of real pictures beside wrong captions, among what is to be refused.
        kl_weight: Weight of the mean divergence of the numbers of a condition.
        unconditional_weight: Weight of the judgements whether pictures look real.
        colour_weight: Weight of the difference of colours between a picture and the next larger one.
    """

    generator: keras.Model
    discriminator: keras.Model
    conditioning: keras.Model
    loss: AdversarialLoss
    condition: Condition
    sees_mean: bool = False
    mismatched: float = 0.5
    kl_weight: float = 2.0
    unconditional_weight: float = 1.0
    colour_weight: float = 0.0

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics; ``condition_nats`` bounds what pictures can show of their captions."""
        colours = ("colour_difference",) if self._sizes > 1 else ()
        return (*self.loss.metric_names, "mismatched_accuracy", "condition_nats", *colours)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the losses; ``batch`` has real ``samples`` and what the condition needs."""
        captions = self.condition(batch, key)
        mean, log_deviation = (ops.cast(each, "float32") for each in self.conditioning(captions))
        shown = mean if self.sees_mean else captions
        latents = random_tensor(key, "latents", (captions.shape[0], latent_size(self.generator)), "normal")
        pictures = keras.tree.flatten(self.generator([latents, captions], training=True))
        generated_logits = self._discriminate(pictures, shown)
        losses: dict[str, Tensor] = {}
        metrics: dict[str, Tensor] = {}
        if "generator" in players:
            divergence = _divergence(mean, log_deviation)
            metrics["condition_nats"] = ops.sum(divergence, axis=1)
            adversarial = self._weighted(self.loss.generator(generated_logits), 1.0, self.unconditional_weight)
            losses["generator"] = adversarial + self.kl_weight * ops.mean(divergence, axis=1)
            if self._sizes > 1:
                metrics["colour_difference"] = sum(colour_difference(*each) for each in pairwise(pictures))
                losses["generator"] += self.colour_weight * metrics["colour_difference"]
        if "discriminator" in players:
            real = [averaged(batch["samples"], batch["samples"].shape[1] // each.shape[1]) for each in pictures]
            real_logits = self._discriminate(real, shown)
            wrong_logits = self._discriminate(real, ops.roll(shown, 1, axis=0))
            losses["discriminator"] = self._refusals(real_logits, generated_logits, wrong_logits, key)
            metrics |= self._accuracies(real_logits, generated_logits, wrong_logits)
        return ForwardResult(losses, metrics)

    @property
    def _sizes(self) -> int:
        return len(self.generator.outputs)

    def _discriminate(self, pictures: Sequence[Tensor], shown: Tensor) -> Tensor:
        return ops.cast(self.discriminator([*pictures, shown], training=True), "float32")

    def _weighted(self, values: Tensor, fits: float, looks_real: float) -> Tensor:
        """Returns the sum of all columns' losses of each sample ``(batch,)``, with weights by what a column says."""
        columns = self.discriminator.output_shape[-1]
        weights = [fits, looks_real][: columns // self._sizes] * self._sizes
        return ops.sum(ops.reshape(values, (-1, columns)) * ops.convert_to_tensor(weights, "float32"), axis=1)

    def _refusals(self, real: Tensor, generated: Tensor, wrong: Tensor, key: Key) -> Tensor:
        of_generated = self.loss.discriminator(real, generated, key.fold_in("generated"))
        of_wrong = self.loss.discriminator(real, wrong, key.fold_in("mismatched"))
        return self._weighted(of_generated, 1.0 - self.mismatched, self.unconditional_weight) + self._weighted(
            of_wrong, self.mismatched, 0.0
        )

    def _accuracies(self, real: Tensor, generated: Tensor, wrong: Tensor) -> dict[str, Tensor]:
        """Returns the metrics of the columns that say whether a picture fits its caption."""
        real, generated, wrong = (
            each[:, :: self.discriminator.output_shape[-1] // self._sizes] for each in (real, generated, wrong)
        )
        found = self.loss.compute_metrics(real, generated)
        found["mismatched_accuracy"] = self.loss.compute_metrics(real, wrong)["generated_accuracy"]
        return {name: per_sample(values, real.shape[0]) for name, values in found.items()}


def _divergence(mean: Tensor, log_deviation: Tensor) -> Tensor:
    """Returns the divergence of normal numbers from standard normal ones, in nats, of each number."""
    return (ops.square(mean) + ops.exp(2.0 * log_deviation) - 1.0) / 2.0 - log_deviation


def colour_difference(smaller: Tensor, larger: Tensor) -> Tensor:
    """Returns how far the colours of a picture and of the next larger one differ ``(batch,)``.

    Squared difference of the mean colours, and five times that of their covariances; equation 7 of "StackGAN++". The
    smaller picture is held fast.
    """
    (mean, covariance), (larger_mean, larger_covariance) = _colours(ops.stop_gradient(smaller)), _colours(larger)
    means = ops.mean(ops.square(mean - larger_mean), axis=1)
    return means + _COVARIANCE_WEIGHT * ops.mean(ops.square(covariance - larger_covariance), axis=(1, 2))


def _colours(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Returns mean ``(batch, channels)`` and covariance ``(batch, channels, channels)`` of the pixels of pictures."""
    pixels = ops.reshape(ops.cast(pictures, "float32"), (pictures.shape[0], -1, pictures.shape[-1]))
    mean = ops.mean(pixels, axis=1)
    centred = pixels - mean[:, None]
    return mean, ops.matmul(ops.transpose(centred, (0, 2, 1)), centred) / pixels.shape[1]
