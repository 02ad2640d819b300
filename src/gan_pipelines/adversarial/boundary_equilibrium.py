"""BEGAN: a discriminator that rates a sample by how badly it rebuilds it, and a balance that is steered.

Berthelot, Schumm and Metz, "BEGAN: Boundary Equilibrium Generative Adversarial Networks", 2017.
"""

from keras import ops

from gan_pipelines.training.backend import Key, Tensor
from gan_pipelines.training.configured_keras import keras


class BoundaryEquilibrium:
    """The discriminator learns to rebuild real samples and, as far as the control says, not to rebuild generated ones.

    The control, k in the paper, starts at 0 and always lies in [0, 1]. After each update of the discriminator it moves
    so that generated samples come to be rebuilt ``diversity_ratio`` times as badly as real ones. Over several replicas
    it moves by the mean of what each of them saw.

    Args:
        diversity_ratio: Gamma in the paper: lower values give samples that are better, and more alike.
        control_rate: How fast the control moves; lambda_k.
    """

    figures = ("global_convergence", "control")
    compares = False

    def __init__(self, diversity_ratio: float, control_rate: float) -> None:
        self._diversity_ratio = diversity_ratio
        self._control_rate = control_rate
        self.control = keras.Variable(0.0, trainable=False, dtype="float32", aggregation="mean", name="control")

    def discriminator(self, real_logits: Tensor, generated_logits: Tensor, key: Key) -> Tensor:  # noqa: ARG002
        """Returns L(x) - k * L(G(z)), and moves k; what are logits elsewhere are reconstruction errors L here."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        loss = real - self.control * generated
        moved = self.control + self._control_rate * self._imbalance(real, generated)
        self.control.assign(ops.clip(ops.stop_gradient(moved), 0.0, 1.0))
        return loss

    def generator(self, generated_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Returns L(G(z))."""
        return _flat(generated_logits)

    def measure(self, real_logits: Tensor, generated_logits: Tensor) -> dict[str, Tensor]:
        """Returns L(x) + |gamma * L(x) - L(G(z))|, M_global in the paper, of the batch's means; and the control."""
        real, generated = _flat(real_logits), _flat(generated_logits)
        convergence = ops.mean(real) + ops.abs(self._imbalance(real, generated))
        return {"global_convergence": convergence, "control": ops.convert_to_tensor(self.control)}

    def _imbalance(self, real: Tensor, generated: Tensor) -> Tensor:
        return self._diversity_ratio * ops.mean(real) - ops.mean(generated)


def rated_by_reconstruction(autoencoder: keras.Model) -> keras.Model:
    """Returns a network of the same layers that gives the reconstruction error in place of the reconstruction.

    Args:
        autoencoder: From samples ``(batch, ...)`` to samples of that shape.

    Returns:
        A model from samples to their mean absolute errors ``(batch, 1)``; training it trains the autoencoder.
    """
    (samples,), (rebuilt,) = autoencoder.inputs, autoencoder.outputs
    distances = ops.abs(samples - ops.cast(rebuilt, "float32"))
    errors = ops.mean(distances, axis=tuple(range(1, len(samples.shape))))
    return keras.Model(samples, ops.expand_dims(errors, -1), name="reconstruction_error")


def judge_of(discriminator: keras.Model, loss: object) -> keras.Model:
    """Returns what gives the loss its logits: the discriminator, or its reconstruction errors."""
    return rated_by_reconstruction(discriminator) if isinstance(loss, BoundaryEquilibrium) else discriminator


def controls_of(loss: object) -> dict[str, keras.Variable]:
    """Returns what a loss moves besides the players, by name."""
    return {"control": loss.control} if isinstance(loss, BoundaryEquilibrium) else {}


def _flat(errors: Tensor) -> Tensor:
    return ops.reshape(ops.cast(errors, "float32"), (-1,))
