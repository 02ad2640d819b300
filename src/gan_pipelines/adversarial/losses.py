"""Adversarial losses per sample; the engine averages them over the batch.

Each is a pair of functions of the discriminator's logits, ``(batch, 1)`` or ``(batch,)``, that return ``(batch,)``.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from keras import ops

from gan_pipelines.adversarial.parameters import (
    BoundaryEquilibriumParameters,
    HingeParameters,
    LabelSmoothingParameters,
    LeastSquaresParameters,
    PlayersTrainingParameters,
    RelativisticParameters,
    WassersteinParameters,
)
from gan_pipelines.training.backend import Key, Tensor, random_tensor
from gan_pipelines.training.configured_keras import keras


class AdversarialLoss(ABC):
    """Losses of the discriminator and the generator."""

    metric_names: ClassVar[tuple[str, ...]] = ("real_accuracy", "generated_accuracy")
    """Keys of `compute_metrics`; those that end in ``accuracy`` are fractions in [0, 1]."""
    needs_real_logits: ClassVar[bool] = False
    """Whether the generator's loss depends on the real logits too."""

    @abstractmethod
    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns the discriminator's loss for each pair of a real and a generated sample, ``(batch,)``."""

    @abstractmethod
    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """Returns the generator's loss for each generated sample, ``(batch,)``; see `needs_real_logits`."""

    @abstractmethod
    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns metrics per sample, by name."""

    def logits_model(self, discriminator: keras.Model) -> keras.Model:
        """Returns the model whose outputs are the loss's logits."""
        return discriminator

    def variables(self) -> dict[str, keras.Variable]:
        """Returns the variables that the loss updates itself, by name."""
        return {}


@dataclass(frozen=True)
class NonSaturating(AdversarialLoss):
    """Goodfellow et al., "Generative Adversarial Networks", 2014: the generator maximises log D(G(z)).

    Computed with softplus, which does not overflow or lose the gradient at large logits.

    Args:
        labels: Ranges of the discriminator's targets, from 0 (generated) to 1 (real).
    """

    labels: LabelSmoothingParameters = field(default_factory=LabelSmoothingParameters)

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:
        """Returns the cross-entropy with the targets; for targets 1 and 0, -log D(x) - log(1 - D(G(z)))."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        return _cross_entropy(real, _targets(self.labels.real, real, key.fold_in("real"))) + _cross_entropy(
            generated, _targets(self.labels.generated, generated, key.fold_in("generated"))
        )

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -log D(G(z))."""
        return _cross_entropy(_flat(generated_logits), 1.0)

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample is classified correctly."""
        return _accuracies(real_logits, generated_logits, 0.0)


@dataclass(frozen=True)
class LeastSquares(AdversarialLoss):
    """Mao et al., "Least Squares Generative Adversarial Networks", 2017.

    Args:
        generated_target: Discriminator target for generated samples (a in the paper).
        real_target: Discriminator target for real samples (b).
        generator_target: Generator target for generated samples (c).
    """

    generated_target: float
    real_target: float
    generator_target: float

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns ((D(x) - b)² + (D(G(z)) - a)²) / 2."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        return (ops.square(real - self.real_target) + ops.square(generated - self.generated_target)) / 2.0

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns (D(G(z)) - c)² / 2."""
        return ops.square(_flat(generated_logits) - self.generator_target) / 2.0

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample is classified correctly, with the threshold (a + b) / 2."""
        return _accuracies(real_logits, generated_logits, (self.generated_target + self.real_target) / 2.0)


@dataclass(frozen=True)
class Hinge(AdversarialLoss):
    """Lim and Ye, "Geometric GAN", 2017; as in Miyato et al., "Spectral Normalization for GANs", 2018."""

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns max(0, 1 - D(x)) + max(0, 1 + D(G(z)))."""
        return ops.relu(1.0 - _flat(real_logits)) + ops.relu(1.0 + _flat(generated_logits))

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -D(G(z))."""
        return -_flat(generated_logits)

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether each sample is classified correctly."""
        return _accuracies(real_logits, generated_logits, 0.0)


@dataclass(frozen=True)
class Wasserstein(AdversarialLoss):
    """Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017; the discriminator is called critic there.

    It estimates the Wasserstein distance only if the critic is Lipschitz: use weight clipping or a gradient penalty.
    """

    metric_names = ("wasserstein_estimate",)

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns D(G(z)) - D(x)."""
        return _flat(generated_logits) - _flat(real_logits)

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns -D(G(z))."""
        return -_flat(generated_logits)

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns D(x) - D(G(z)); its mean estimates the distance times the critic's Lipschitz constant."""
        return {"wasserstein_estimate": _flat(real_logits) - _flat(generated_logits)}


@dataclass(frozen=True)
class Relativistic(AdversarialLoss):
    """Jolicoeur-Martineau, "The Relativistic Discriminator", 2018, in the pairwise form.

    As in Huang et al., "The GAN is Dead; Long Live the GAN! A Modern GAN Baseline", 2024: the loss depends only on the
    difference of the logits of a real and a generated sample, so that the discriminator cannot push all generated
    samples to one side of a fixed boundary.
    """

    metric_names = ("pair_accuracy",)
    needs_real_logits = True

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns softplus(D(G(z)) - D(x))."""
        return keras.activations.softplus(_flat(generated_logits) - _flat(real_logits))

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        """Returns softplus(D(x) - D(G(z)))."""
        return keras.activations.softplus(_flat(real_logits) - _flat(generated_logits))

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns whether D(x) > D(G(z)) for each pair."""
        return {"pair_accuracy": _flat(real_logits) > _flat(generated_logits)}


class BoundaryEquilibrium(AdversarialLoss):
    """Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017.

    The discriminator is an autoencoder, and L its reconstruction error. The losses are L(x) - k * L(G(z)) and L(G(z)).

    k starts at 0 and stays in [0, 1]. Each update of the discriminator adds ``lambda_k * (diversity_ratio * L(x) -
    L(G(z)))`` to it, averaged over replicas.

    Args:
        diversity_ratio: Gamma in the paper; lower values trade diversity for sample quality.
        lambda_k: Gain of the proportional control of k.
    """

    metric_names = ("global_convergence", "equilibrium_k")

    def __init__(self, diversity_ratio: float, lambda_k: float) -> None:
        self._diversity_ratio = diversity_ratio
        self._lambda_k = lambda_k
        self.equilibrium_k = keras.Variable(
            0.0, trainable=False, dtype="float32", aggregation="mean", name="equilibrium_k"
        )

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns L(x) - k * L(G(z)) and updates k; the logits are reconstruction errors L here."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        loss = real - self.equilibrium_k * generated
        updated = self.equilibrium_k + self._lambda_k * self._imbalance(real, generated)
        self.equilibrium_k.assign(ops.clip(ops.stop_gradient(updated), 0.0, 1.0))
        return loss

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns L(G(z))."""
        return _flat(generated_logits)

    def compute_metrics(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns L(x) + |gamma * L(x) - L(G(z))| of the batch means (M_global in the paper), and k."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        convergence = ops.mean(real) + ops.abs(self._imbalance(real, generated))
        return {"global_convergence": convergence, "equilibrium_k": ops.convert_to_tensor(self.equilibrium_k)}

    def _imbalance(self, real: Tensor, generated: Tensor) -> Tensor:
        return self._diversity_ratio * ops.mean(real) - ops.mean(generated)

    def logits_model(self, discriminator: keras.Model) -> keras.Model:
        """Returns a model from samples to reconstruction errors ``(batch, 1)``."""
        return reconstruction_error_model(discriminator)

    def variables(self) -> dict[str, keras.Variable]:
        """Returns k."""
        return {"equilibrium_k": self.equilibrium_k}


def reconstruction_error_model(autoencoder: keras.Model) -> keras.Model:
    """Returns a model that outputs the reconstruction error of an autoencoder; both share all weights.

    Args:
        autoencoder: From samples ``(batch, ...)`` to samples of that shape.

    Returns:
        A model from samples to mean absolute errors ``(batch, 1)``.
    """
    (samples,), (reconstructions,) = autoencoder.inputs, autoencoder.outputs
    distances = ops.abs(samples - ops.cast(reconstructions, "float32"))
    errors = ops.mean(distances, axis=tuple(range(1, len(samples.shape))))
    return keras.Model(samples, ops.expand_dims(errors, -1), name="reconstruction_error")


def build_loss(parameters: PlayersTrainingParameters) -> AdversarialLoss:
    """Returns the loss that ``parameters.loss`` selects."""
    match parameters.loss:
        case LeastSquaresParameters(
            generated_target=generated_target, real_target=real_target, generator_target=generator_target
        ):
            return LeastSquares(generated_target, real_target, generator_target)
        case HingeParameters():
            return Hinge()
        case WassersteinParameters():
            return Wasserstein()
        case RelativisticParameters():
            return Relativistic()
        case BoundaryEquilibriumParameters(diversity_ratio=diversity_ratio, lambda_k=lambda_k):
            return BoundaryEquilibrium(diversity_ratio, lambda_k)
        case _:
            return NonSaturating(parameters.label_targets)


def per_sample(values: Tensor, batch: int) -> Tensor:
    """Averages losses or metrics of all logits of a sample, such as those of its patches; returns ``(batch,)``."""
    return ops.mean(ops.reshape(ops.cast(values, "float32"), (batch, -1)), axis=1)


def _targets(interval: list[float], logits: Tensor, key: Key) -> Tensor | float:
    """Returns a target for each of the logits ``(batch,)``, drawn uniformly from [low, high]."""
    low, high = interval
    if low == high:
        return low
    return low + (high - low) * (random_tensor(key, "labels", ops.shape(logits), "uniform") + 1.0) / 2.0


def _flat(logits: Tensor) -> Tensor:
    return ops.reshape(ops.cast(logits, "float32"), (-1,))


def _cross_entropy(logits: Tensor, target: Tensor | float) -> Tensor:
    """Binary cross-entropy of logits ``(batch,)``: softplus(x) - target * x."""
    return keras.activations.softplus(logits) - target * logits


def _accuracies(real_logits: Tensor, generated_logits: Tensor, threshold: float) -> dict[str, Tensor]:
    return {"real_accuracy": real_logits > threshold, "generated_accuracy": generated_logits < threshold}
