"""Translation of pictures that is trained on pairs: pix2pix, and SRGAN without and with its discriminator."""

from dataclasses import dataclass, field

from gan_pipelines.adversarial.distances import DISTANCES, l2
from gan_pipelines.adversarial.jitter import Jitter
from gan_pipelines.adversarial.losses import AdversarialLoss, per_sample
from gan_pipelines.adversarial.translation_parameters import Distance
from gan_pipelines.training.backend import ForwardResult, Key, Tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch


@dataclass(frozen=True)
class PairedTranslation:
    """Adversarial loss, distance to the true picture, and optionally distance of features.

    Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2016, equation 4;
    with features, Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial
    Network", 2016, equation 3.

    Args:
        generator: From sources to pictures, both ``(batch, height, width, channels)`` in [-1, 1].
        discriminator: From pictures, or from sources and pictures, to logits of any number per picture.
        loss: Adversarial losses.
        adversarial_weight: Weight of the generator's.
        distance: Distance between pictures.
        reconstruction_weight: Its weight.
        content_network: From pictures to a list of features; its weights stay as they are. Default: no features.
        content_weight: Weight of the squared distance of all features.
        jitter: Changes sources and true pictures alike, before all else.
    """

    generator: keras.Model
    discriminator: keras.Model
    loss: AdversarialLoss
    adversarial_weight: float = 1.0
    distance: Distance = "l1"
    reconstruction_weight: float = 100.0
    content_network: keras.Model | None = None
    content_weight: float = 0.0
    jitter: Jitter = field(default_factory=Jitter)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the metrics: those of the loss, and the distances without their weights."""
        return (*self.loss.metric_names, "reconstruction", *(() if self.content_network is None else ("content",)))

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the losses; ``batch`` has ``source`` and ``target``."""
        source, target = self.jitter([batch["source"], batch["target"]], key.fold_in("jitter"))
        picture, count = self.generator(source, training=True), target.shape[0]
        generated_logits = self._discriminate(source, picture)
        losses: dict[str, Tensor] = {}
        metrics: dict[str, Tensor] = {}
        if "generator" in players:
            metrics = self._distances(picture, target)
            losses["generator"] = (
                self.adversarial_weight * per_sample(self.loss.generator(generated_logits), count)
                + self.reconstruction_weight * metrics["reconstruction"]
                + self.content_weight * metrics.get("content", 0.0)
            )
        if "discriminator" in players:
            real_logits = self._discriminate(source, target)
            losses["discriminator"] = per_sample(self.loss.discriminator(real_logits, generated_logits, key), count)
            found = self.loss.compute_metrics(real_logits, generated_logits)
            metrics |= {name: per_sample(values, count) for name, values in found.items()}
        return ForwardResult(losses, metrics)

    def _discriminate(self, source: Tensor, picture: Tensor) -> Tensor:
        sees_source = len(self.discriminator.inputs) > 1
        return self.discriminator([source, picture] if sees_source else picture, training=True)

    def _distances(self, picture: Tensor, target: Tensor) -> dict[str, Tensor]:
        distances = {"reconstruction": DISTANCES[self.distance](picture, target)}
        if self.content_network is not None:
            features = (keras.tree.flatten(self.content_network(each)) for each in (picture, target))
            distances["content"] = sum(l2(found, true) for found, true in zip(*features, strict=True))
        return distances


@dataclass(frozen=True)
class Reconstruction:
    """Distance to the true picture alone, as for SRResNet in Ledig et al. 2016.

    Args:
        generator: From sources to pictures in [-1, 1].
        distance: Distance between pictures.
        jitter: Changes sources and true pictures alike.
    """

    generator: keras.Model
    distance: Distance = "l2"
    jitter: Jitter = field(default_factory=Jitter)
    metric_names: tuple[str, ...] = ()

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:  # noqa: ARG002 - one player
        """Computes the loss; ``batch`` has ``source`` and ``target``."""
        source, target = self.jitter([batch["source"], batch["target"]], key.fold_in("jitter"))
        picture = self.generator(source, training=True)
        return ForwardResult({"generator": DISTANCES[self.distance](picture, target)}, {})
