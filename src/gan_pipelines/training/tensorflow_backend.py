"""The seam to TensorFlow: noise, gradients, compiled steps and devices. No other file of the engine imports it.

Losses, networks and phases speak ``keras.ops`` and the functions below, so that another backend is one more file
like this one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.training.parameters import Devices
from gan_pipelines.training.randomness import Distribution, stream_seed

Tensor = Any
"""A tensor of the backend; Keras has no type for it that checkers know."""

PAIRWISE = tf.AggregationMethod.EXPERIMENTAL_TREE
"""How the gradients that meet in a tensor are added: two by two.

TensorFlow's sum of three or more (``AddN``, which a gradient tape takes) starts from whichever addend's memory is free
first, so its rounding depends on how threads happened to run, even with op determinism enabled.
"""

# The first rewriting would join sums of two into one ``AddN`` again. The second drops, where a step has a condition,
# what makes the update of a weight wait for its readers: a penalty then met the old or the new weights, as threads
# happened to run (TensorFlow 2.21; up to a third of the steps of a small network on busy cores).
tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False, "dependency_optimization": False})


@dataclass(frozen=True)
class Key:
    """What randomness inside a step depends on.

    Args:
        seed: The training's seed.
        step: The step as an int64 scalar tensor, so that the compiled step is traced once.
        scope: Sets apart the phases of a step and their repeats.
    """

    seed: int
    step: Tensor
    scope: str = ""

    def within(self, scope: str) -> "Key":
        """Returns a key whose streams are apart from those of other scopes."""
        return Key(self.seed, self.step, f"{self.scope}/{scope}")


def noise(key: Key, stream: str, shape: Sequence[int], distribution: Distribution = "normal") -> Tensor:
    """Draws float32 numbers of a distribution, which depend on the key, the stream and the replica alone."""
    replica = tf.distribute.get_replica_context().replica_id_in_sync_group
    base = tf.constant([stream_seed(key.seed, f"{key.scope}/{stream}"), 0], tf.int64)
    seed = tf.random.experimental.stateless_fold_in(base, key.step)
    seed = tf.random.experimental.stateless_fold_in(seed, replica)
    if distribution == "normal":
        return tf.random.stateless_normal(shape, seed)
    return tf.random.stateless_uniform(shape, seed, minval=-1.0, maxval=1.0)


def input_gradient(function: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Returns each sample's gradient of its own output with respect to its input, float32, shaped like ``inputs``.

    What is computed from it can be differentiated again. Must be called while a graph is traced.

    Args:
        function: From inputs ``(batch, ...)`` to numbers ``(batch, 1)``, each sample's from that sample alone.
        inputs: Where the gradient is taken; nothing flows back through them.
    """
    place = tf.stop_gradient(inputs)
    (gradient,) = tf.gradients(function(place), [place], aggregation_method=PAIRWISE)
    return tf.cast(gradient, tf.float32)


@dataclass(frozen=True)
class LazyTerm:
    """A part of a player's loss that is computed at every so many steps alone, and counts that many times then.

    Args:
        name: Names its mean among the figures; 0 at steps that leave it out.
        player: Whose loss it belongs to.
        interval: It is computed at steps that are multiples of this.
        step: The present step, an int64 scalar tensor.
        compute: Returns per-sample values ``(batch,)``, and per-sample figures ``(batch,)`` by name.
        figures: The names of those figures.
    """

    name: str
    player: str
    interval: int
    step: Tensor
    compute: Callable[[], tuple[Tensor, Mapping[str, Tensor]]]
    figures: tuple[str, ...] = ()


Forward = tuple[Mapping[str, Tensor], Mapping[str, Tensor], Sequence[LazyTerm]]
"""Per-sample losses ``(batch,)`` by player, per-sample figures ``(batch,)`` by name, and terms to be added."""


def losses_and_gradients(
    forward: Callable[[], Forward], variables: Mapping[str, Sequence[keras.Variable]]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Runs one forward pass and takes each player's gradients of its own loss.

    Must be called while a graph is traced.

    Args:
        forward: Returns losses, figures and terms.
        variables: What each player may move.

    Returns:
        Each player's mean loss without the terms, each figure's and term's mean, and each player's gradients of both.
        Over several replicas the gradients are scaled so that their sum over replicas, which the optimizer takes, is
        the gradient of the joint mean.
    """
    losses, figures, terms = forward()
    means = {player: _mean(loss) for player, loss in losses.items()}
    logged = {name: _mean(values) for name, values in figures.items()}
    gradients = {player: _gradients(means[player], owned) for player, owned in variables.items()}
    for term in terms:
        figures_of_term, more = _lazily(term, variables[term.player])
        logged |= figures_of_term
        gradients[term.player] = [
            added if gradient is None else gradient + added
            for gradient, added in zip(gradients[term.player], more, strict=True)
        ]
    return means, logged, gradients


def _lazily(term: LazyTerm, variables: Sequence[keras.Variable]) -> tuple[dict[str, Tensor], list[Tensor]]:
    """Returns a term's figures and gradients, ``interval`` times too large where it is due and 0 elsewhere.

    The gradients are taken inside the condition: TensorFlow's own gradient of a condition would sum three and more with
    ``AddN``; see `PAIRWISE`.
    """

    def computed() -> tuple[dict[str, Tensor], list[Tensor]]:
        values, figures = term.compute()
        means = {term.name: _mean(values)} | {name: _mean(figure) for name, figure in figures.items()}
        gradients = [
            tf.zeros_like(variable.value) if gradient is None else gradient * float(term.interval)
            for gradient, variable in zip(_gradients(means[term.name], variables), variables, strict=True)
        ]
        return {name: mean * float(term.interval) for name, mean in means.items()}, gradients

    def left_out() -> tuple[dict[str, Tensor], list[Tensor]]:
        return (
            {name: tf.constant(0.0) for name in (term.name, *term.figures)},
            [tf.zeros_like(variable.value) for variable in variables],
        )

    if term.interval == 1:
        return computed()
    is_due = tf.equal(term.step % term.interval, 0)
    found: tuple[dict[str, Tensor], list[Tensor]] = tf.cond(is_due, computed, left_out)
    return found


def _mean(values: Tensor) -> Tensor:
    return keras.ops.mean(keras.ops.cast(values, "float32"))


def _gradients(mean: Tensor, variables: Sequence[keras.Variable]) -> list[Tensor]:
    """Returns this replica's share of the gradients of the joint mean; None for what it does not depend on."""
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    gradients: list[Tensor] = tf.gradients(
        mean / replicas, [variable.value for variable in variables], aggregation_method=PAIRWISE
    )
    return gradients


@dataclass(frozen=True)
class Device:
    """Where training runs.

    Args:
        strategy: Opens the scope in which variables are made.
        description: For the log and the model card.
        jit_compile: Whether XLA compiles the step.
    """

    strategy: tf.distribute.Strategy
    description: str
    jit_compile: bool

    @property
    def replicas(self) -> int:
        """Copies of the networks that share a batch."""
        return int(self.strategy.num_replicas_in_sync)


def open_device(
    devices: Devices, jit_compile: bool | Literal["auto"], batch_size: int, section: str = "training"
) -> Device:
    """Finds what the parameters ask for.

    Args:
        devices: The kind of device.
        jit_compile: Whether XLA compiles the step.
        batch_size: Examples in a batch.
        section: Where the user gives these, for messages.

    Raises:
        UserError: A GPU is asked for and there is none, or the batch cannot be shared out.
    """
    gpus = tf.config.list_logical_devices("GPU")
    if devices == "gpu" and not gpus:
        raise UserError(
            f"{section}.devices is 'gpu', but TensorFlow finds no GPU on this machine. Install the extra with "
            "`pip install -e '.[gpu]'` and check the driver with `nvidia-smi`, or choose 'auto' or 'cpu'."
        )
    if devices == "mirrored":
        return _mirrored(jit_compile, batch_size, section)
    kind = "CPU" if devices == "cpu" or not gpus else "GPU"
    # `make bench` measures it: on a CPU TensorFlow's own kernels are faster for the steps of a DCGAN.
    jit = jit_compile if isinstance(jit_compile, bool) else kind == "GPU"
    return Device(tf.distribute.OneDeviceStrategy(f"/{kind}:0"), f"{kind} {_device_name(kind)}".strip(), jit)


def _mirrored(jit_compile: bool | Literal["auto"], batch_size: int, section: str) -> Device:
    strategy = tf.distribute.MirroredStrategy()
    replicas = strategy.num_replicas_in_sync
    if batch_size % replicas:
        raise UserError(
            f"{section}.batch_size {batch_size} cannot be shared equally among {replicas} devices. "
            f"Take a multiple of {replicas}."
        )
    if jit_compile is True:
        raise UserError(f"{section}.jit_compile must be 'auto' or false where {section}.devices is 'mirrored'.")
    return Device(strategy, f"{replicas} mirrored devices", jit_compile=False)


def _device_name(kind: str) -> str:
    if kind == "CPU":
        return ""
    details = tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
    return str(details.get("device_name", ""))


class CompiledSteps:
    """Runs many steps in one call, with the examples on the device.

    The call ends early when a logged number stops being finite, or when another thread asks for it by `stop`.

    Args:
        step: From the step's number (int64 scalar tensor) and its batches, each ``(batches, batch, ...)`` by name, to
            numbers to be logged.
        logged: The names of those numbers.
        data: Examples by name, ``(examples, ...)``.
        batches_shape: Batches in a step, and examples in a batch.
        device: Where it runs, and whether XLA compiles it; batches are shared out among its replicas.
    """

    def __init__(
        self,
        step: Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, Tensor]],
        logged: Sequence[str],
        data: Mapping[str, NDArray[Any]],
        batches_shape: tuple[int, int],
        device: "Device",
    ) -> None:
        self._step = tf.function(step, jit_compile=True, autograph=False) if device.jit_compile else step
        self._strategy = device.strategy
        self._logged = tuple(logged)
        with device.strategy.scope():
            self._data = {name: tf.constant(values) for name, values in data.items()}
        with tf.device("CPU"):
            self._stop = tf.Variable(False, trainable=False)
        signature = [tf.TensorSpec([], tf.int64), tf.TensorSpec([None, *batches_shape], tf.int32)]
        self._run = tf.function(self._run_steps, input_signature=signature, autograph=False)

    def stop(self) -> None:
        """Ends the call under way after its present step, and keeps later calls from starting."""
        self._stop.assign(True)

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs steps from ``first_step`` on.

        Args:
            first_step: The number of the first step.
            indices: Examples of each step ``(steps, batches, batch)``.

        Returns:
            The logged numbers of the steps that ran, ``(steps that ran,)`` by name.
        """
        done, names_and_values = self._run(tf.constant(first_step, tf.int64), tf.constant(indices))
        return {name: values.numpy()[: int(done)] for name, values in names_and_values.items()}

    def _run_steps(self, first_step: Tensor, indices: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        steps = tf.shape(indices)[0]
        logs = {name: tf.TensorArray(tf.float32, size=steps) for name in self._logged}

        def goes_on(done: Tensor, finite: Tensor, _: Mapping[str, tf.TensorArray]) -> Tensor:
            return (done < steps) & finite & ~self._stop.read_value()

        def body(done: Tensor, _: Tensor, logs: dict[str, tf.TensorArray]) -> tuple[Any, ...]:
            values = self._replicated_step(first_step + tf.cast(done, tf.int64), indices[done])
            finite = tf.reduce_all(tf.math.is_finite(tf.stack([values[name] for name in self._logged])))
            return done + 1, finite, {name: logs[name].write(done, values[name]) for name in self._logged}

        done, _, logs = tf.while_loop(goes_on, body, (tf.constant(0), tf.constant(True), logs), parallel_iterations=1)
        return done, {name: logs[name].stack() for name in self._logged}

    def _replicated_step(self, step: Tensor, indices: Tensor) -> dict[str, Tensor]:
        def on_replica() -> dict[str, Tensor]:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            shares = tf.split(indices, self._strategy.num_replicas_in_sync, axis=1)
            mine = tf.gather(tf.stack(shares), replica)
            return dict(self._step(step, {name: tf.gather(values, mine) for name, values in self._data.items()}))

        values = self._strategy.run(on_replica)
        return {
            name: self._strategy.reduce(tf.distribute.ReduceOp.MEAN, value, axis=None) for name, value in values.items()
        }
