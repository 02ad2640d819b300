"""The TensorFlow side of the seam: noise, gradients, compiled steps, devices, and several machines.

No other file imports TensorFlow. The JAX side has the same functions; `backend` chooses between the two.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.training.backend.seam import (
    Forward,
    FoundDevice,
    Key,
    LazyTerm,
    Learner,
    Step,
    Tensor,
    check_shares,
    told_as_lost,
)
from gan_pipelines.training.cluster import find_cluster
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples, normalised, pieces
from gan_pipelines.training.parameters import Devices
from gan_pipelines.training.randomness import Distribution, stream_seed

NAME = "tensorflow"
PACKAGES = ("tensorflow",)
"""Whose versions decide about bits, beside Keras's."""
THREADS_VARIABLE = "TF_NUM_INTRAOP_THREADS"
"""By which a user says how many threads an operation may take."""

PAIRWISE = tf.AggregationMethod.EXPERIMENTAL_TREE
"""How the gradients that meet in a tensor are added: two by two.

TensorFlow's sum of three or more (``AddN``, which a gradient tape takes) starts from whichever addend's memory is free
first, so its rounding depends on how threads happened to run, even with op determinism enabled.
"""

_LOSSES = (
    (tf.errors.OpError,),
    ("Collective ops is aborted", "unhealthy", "UNAVAILABLE", "heartbeat", "onnection reset"),
)
"""By what errors the loss of another process shows, and by which words in them."""

# The first rewriting would join sums of two into one ``AddN`` again. The second drops, where a step has a condition,
# what makes the update of a weight wait for its readers: a penalty then met the old or the new weights, as threads
# happened to run (TensorFlow 2.21; up to a third of the steps of a small network on busy cores).
tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False, "dependency_optimization": False})


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


def losses_and_gradients(
    forward: Callable[[], Forward], learners: Mapping[str, Learner]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Runs one forward pass and takes each player's gradients of its own loss.

    Must be called while a graph is traced.

    Args:
        forward: Returns losses, figures and terms.
        learners: What each player may move.

    Returns:
        Each player's mean loss without the terms, each figure's and term's mean, and each player's gradients of both,
        scaled as the learner scales its loss. Over several replicas the gradients are such that their sum over
        replicas, which the optimizer takes, is the gradient of the joint mean.
    """
    losses, figures, terms = forward()
    means = {player: _mean(loss) for player, loss in losses.items()}
    logged = {name: _mean(values) for name, values in figures.items()}
    gradients = {player: _gradients(means[player], learner) for player, learner in learners.items()}
    for term in terms:
        figures_of_term, more = _lazily(term, learners[term.player])
        logged |= figures_of_term
        gradients[term.player] = [
            added if gradient is None else gradient + added
            for gradient, added in zip(gradients[term.player], more, strict=True)
        ]
    return means, logged, gradients


def _lazily(term: LazyTerm, learner: Learner) -> tuple[dict[str, Tensor], list[Tensor]]:
    """Returns a term's figures and gradients, ``interval`` times too large where it is due and 0 elsewhere.

    The gradients are taken inside the condition: TensorFlow's own gradient of a condition would sum three and more with
    ``AddN``; see `PAIRWISE`.
    """

    def computed() -> tuple[dict[str, Tensor], list[Tensor]]:
        values, figures = term.compute()
        means = {term.name: _mean(values)} | {name: _mean(figure) for name, figure in figures.items()}
        gradients = [
            tf.zeros_like(variable.value) if gradient is None else gradient * float(term.interval)
            for gradient, variable in zip(_gradients(means[term.name], learner), learner.variables, strict=True)
        ]
        return {name: mean * float(term.interval) for name, mean in means.items()}, gradients

    def left_out() -> tuple[dict[str, Tensor], list[Tensor]]:
        return (
            {name: tf.constant(0.0) for name in (term.name, *term.figures)},
            [tf.zeros_like(variable.value) for variable in learner.variables],
        )

    if term.interval == 1:
        return computed()
    is_due = tf.equal(term.step % term.interval, 0)
    found: tuple[dict[str, Tensor], list[Tensor]] = tf.cond(is_due, computed, left_out)
    return found


def _mean(values: Tensor) -> Tensor:
    return keras.ops.mean(keras.ops.cast(values, "float32"))


def _gradients(mean: Tensor, learner: Learner) -> list[Tensor]:
    """Returns this replica's share of the gradients of the joint mean; None for what it does not depend on."""
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    gradients: list[Tensor] = tf.gradients(
        learner.scale_loss(mean / replicas),
        [variable.value for variable in learner.variables],
        aggregation_method=PAIRWISE,
    )
    return gradients


def share_statistics(variables: Sequence[keras.Variable]) -> None:
    """Sets each variable to its mean over replicas, where each has moved it by its own part of a batch."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync > 1 and variables:
        means = context.all_reduce(tf.distribute.ReduceOp.MEAN, [tf.identity(variable.value) for variable in variables])
        for variable, mean in zip(variables, means, strict=True):
            variable.assign(mean)


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: Sequence[Tensor], variables: Sequence[keras.Variable]
) -> None:
    """Lets an optimizer move variables; one that scales losses leaves out a step whose gradients overflowed."""
    # What tf.gradients returns lies on no device in particular, but a sum over processes goes where its addends lie.
    placed = [None if gradient is None else tf.identity(gradient) for gradient in gradients]
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        placed = _overflowed_everywhere(placed)
    optimizer.apply(placed, variables)


def _overflowed_everywhere(gradients: list[Tensor]) -> list[Tensor]:
    """Makes gradients that are not finite on one replica so on all: Keras asks the first one or each for itself."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return gradients
    known = [gradient for gradient in gradients if gradient is not None]
    is_finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(gradient)) for gradient in known])
    overflows = context.all_reduce(tf.distribute.ReduceOp.SUM, tf.where(is_finite, 0.0, 1.0))
    no_number = tf.where(overflows > 0, np.float32(np.nan), 0.0)
    return [None if gradient is None else gradient + tf.cast(no_number, gradient.dtype) for gradient in gradients]


@dataclass(frozen=True)
class TensorFlowDevice:
    """Where training runs; see `Device`.

    Args:
        strategy: Opens the scope in which variables are made.
        kind: What computes.
        description: For the log and the model card.
        jit_compile: Whether XLA compiles the step.
        process: The number of this process.
        processes: How many train together.
    """

    strategy: tf.distribute.Strategy
    kind: Literal["CPU", "GPU"]
    description: str
    jit_compile: bool
    process: int = 0
    processes: int = 1

    @property
    def replicas(self) -> int:
        """Copies of the networks that share a batch."""
        return int(self.strategy.num_replicas_in_sync)

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.process == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers are made."""
        return self.strategy.scope()  # type: ignore[no-any-return]

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],
    ) -> "CompiledSteps":
        """Prepares steps; see `Device`."""
        return CompiledSteps(self, step, logged, variables, examples, batches_shape)

    def total(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; each must call this, in the same order."""
        if self.processes == 1:
            return values
        with told_as_lost(self, *_LOSSES):
            return np.asarray(_summed_over_processes(self.strategy, self.processes)(tf.constant(values)), np.int32)


@functools.cache
def _summed_over_processes(strategy: tf.distribute.Strategy, processes: int) -> Callable[[Tensor], Tensor]:
    """Returns what adds the vectors of integers that all processes give; of a process's replicas only one counts."""
    replicas_a_process = strategy.num_replicas_in_sync // processes

    def on_replica(values: Tensor) -> Tensor:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        return tf.where(tf.equal(replica % replicas_a_process, 0), values, tf.zeros_like(values))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)], autograph=False)
    def summed(values: Tensor) -> Tensor:
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(on_replica, (values,)), axis=None)

    return summed  # type: ignore[no-any-return]


def open_device(
    devices: Devices,
    jit_compile: bool | Literal["auto"],
    batch_size: int,
    section: str = "training",
    *,
    jit_kinds: Sequence[str] = ("GPU",),
) -> TensorFlowDevice:
    """Finds what the parameters ask for.

    Args:
        devices: The kind of device.
        jit_compile: Whether XLA compiles the step.
        batch_size: Examples in a batch.
        section: Where the user gives these, for messages.
        jit_kinds: Single devices for which ``auto`` takes XLA. `make bench` measures it: on a CPU TensorFlow's own
            kernels are faster for the steps of a DCGAN.

    Raises:
        UserError: A GPU is asked for and there is none, the batch cannot be shared out, or there is no cluster.
    """
    kind: Literal["CPU", "GPU"] = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    if devices == "gpu" and kind == "CPU":
        raise UserError(
            f"{section}.devices is 'gpu', but TensorFlow finds no GPU on this machine. Install the extra with "
            "`pip install -e '.[gpu]'` and check the driver with `nvidia-smi`, or choose 'auto' or 'cpu'."
        )
    if devices in ("mirrored", "multi_worker"):
        return _shared_out(devices, kind, jit_compile, batch_size, section)
    kind = "CPU" if devices == "cpu" else kind
    if kind == "GPU":
        tf.config.experimental.enable_op_determinism()  # sums of a GPU else depend on how its threads happened to run
    jit = jit_compile if isinstance(jit_compile, bool) else kind in jit_kinds
    description = " ".join([kind, *(found.model for found in find_devices(kind)[:1] if found.model)])
    return TensorFlowDevice(tf.distribute.OneDeviceStrategy(f"/{kind}:0"), kind, description, jit)


def _shared_out(
    devices: Devices, kind: Literal["CPU", "GPU"], jit_compile: bool | Literal["auto"], batch_size: int, section: str
) -> TensorFlowDevice:
    cluster = join_cluster() if devices == "multi_worker" else None
    strategy = cluster.strategy if cluster else _of_this_machine()
    replicas = strategy.num_replicas_in_sync
    check_shares(batch_size, replicas, section)
    if jit_compile is True:
        raise UserError(f"{section}.jit_compile must be 'auto' or false where {section}.devices is {devices!r}.")
    if cluster is None:
        return TensorFlowDevice(strategy, kind, f"{replicas} mirrored devices", jit_compile=False)
    description = f"{replicas} mirrored devices of {cluster.processes} processes"
    return TensorFlowDevice(strategy, kind, description, False, cluster.process, cluster.processes)


@functools.cache
def _of_this_machine() -> tf.distribute.MirroredStrategy:
    """Returns the same for every training: sums of a second one would be taken for those of the first."""
    return tf.distribute.MirroredStrategy()


@functools.cache
def join_cluster() -> TensorFlowDevice:
    """Meets the other processes that train; must come before any other operation of TensorFlow's.

    Waits until all of them are there.

    Returns:
        What lets them agree.

    Raises:
        UserError: Nothing says who they are.
    """
    cluster = find_cluster()
    # TensorFlow's own resolver for Slurm fails on nodes that have fewer GPUs than tasks, or no `nvidia-smi` (2.21).
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": list(cluster.addresses)}),
        task_type="worker",
        task_id=cluster.process,
        num_accelerators={"GPU": len(tf.config.list_physical_devices("GPU"))},
        rpc_layer="grpc",
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy(resolver)
    return TensorFlowDevice(strategy, "CPU", "", False, cluster.process, cluster.processes)


def find_devices(kind: Literal["CPU", "GPU"]) -> list[FoundDevice]:
    """Returns the devices of a kind that TensorFlow sees on this machine."""
    return [_found(device) for device in tf.config.list_physical_devices(kind)]


def _found(device: tf.config.PhysicalDevice) -> FoundDevice:
    name = device.name.removeprefix("/physical_device:")
    if device.device_type != "GPU":
        return FoundDevice(name)
    details = tf.config.experimental.get_device_details(device)
    return FoundDevice(
        name, model=str(details.get("device_name", "")), compute_capability=details.get("compute_capability")
    )


class CompiledSteps:
    """Runs many steps in one call; see `Device.compile_steps`. A call stops early after any step."""

    def __init__(
        self,
        device: TensorFlowDevice,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],
    ) -> None:
        self._step = tf.function(step, jit_compile=True, autograph=False) if device.jit_compile else step
        self._device = device
        self._strategy = device.strategy
        self._logged = tuple(logged)
        self._examples = examples
        self._draws = [variable for variable in variables if variable.path.endswith("seed_generator_state")]
        with device.strategy.scope():
            self._data = {name: tf.constant(kept) for name, kept in examples.items() if isinstance(kept, np.ndarray)}
        with tf.device("CPU"):
            self._stop = tf.Variable(False, trainable=False)
        stored = {name: kept.shape[1:] for name, kept in examples.items() if name not in self._data}
        signature = [
            tf.TensorSpec([], tf.int64),
            tf.TensorSpec([None, *batches_shape], tf.int32),
            {name: tf.TensorSpec([None, *batches_shape, *shape], tf.uint8) for name, shape in stored.items()},
        ]
        self._run = tf.function(self._run_steps, input_signature=signature, autograph=False)

    def stop(self) -> None:
        """Ends the call under way after its present step, and keeps later calls from starting."""
        self._stop.assign(True)

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs steps from ``first_step`` on."""
        logs: list[dict[str, NDArray[np.float32]]] = []
        for begin, piece, read in pieces(self._examples, indices):
            with told_as_lost(self._device, *_LOSSES):
                done, found = self._run(
                    tf.constant(first_step + begin, tf.int64),
                    tf.constant(piece),
                    {name: tf.constant(values) for name, values in read.items()},
                )
            logs.append({name: values.numpy()[: int(done)] for name, values in found.items()})
            if int(done) < len(piece) or not all(np.isfinite(values).all() for values in logs[-1].values()):
                break
        return {name: np.concatenate([each[name] for each in logs]) for name in self._logged}

    def _run_steps(
        self, first_step: Tensor, indices: Tensor, read: Mapping[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        steps = tf.shape(indices)[0]
        logs = {name: tf.TensorArray(tf.float32, size=steps) for name in self._logged}

        def goes_on(done: Tensor, finite: Tensor, _: Mapping[str, tf.TensorArray]) -> Tensor:
            return (done < steps) & finite & ~self._stop.read_value()

        def body(done: Tensor, _: Tensor, logs: dict[str, tf.TensorArray]) -> tuple[Any, ...]:
            now = {name: values[done] for name, values in read.items()}
            values = self._replicated_step(first_step + tf.cast(done, tf.int64), indices[done], now)
            finite = tf.reduce_all(tf.math.is_finite(tf.stack([values[name] for name in self._logged])))
            return done + 1, finite, {name: logs[name].write(done, values[name]) for name in self._logged}

        done, _, logs = tf.while_loop(goes_on, body, (tf.constant(0), tf.constant(True), logs), parallel_iterations=1)
        return done, {name: logs[name].stack() for name in self._logged}

    def _replicated_step(self, step: Tensor, indices: Tensor, read: Mapping[str, Tensor]) -> dict[str, Tensor]:
        def on_replica() -> dict[str, Tensor]:
            kept = {name: tf.gather(values, self._share(indices)) for name, values in self._data.items()}
            stored = {name: normalised(self._share(values)) for name, values in read.items()}
            with self._draws_of_its_own():
                return dict(self._step(step, kept | stored))

        values = self._strategy.run(on_replica)
        return {
            name: self._strategy.reduce(tf.distribute.ReduceOp.MEAN, value, axis=None) for name, value in values.items()
        }

    @contextmanager
    def _draws_of_its_own(self) -> Iterator[None]:
        """Lets layers that draw, such as dropout, draw other numbers on each replica, and leaves their states alike."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        draws = self._draws if self._strategy.num_replicas_in_sync > 1 else []
        shifts = [tf.stack([tf.cast(replica, variable.dtype), tf.constant(0, variable.dtype)]) for variable in draws]
        for variable, shift in zip(draws, shifts, strict=True):
            variable.assign_add(shift)
        yield
        for variable, shift in zip(draws, shifts, strict=True):
            variable.assign_sub(shift)

    def _share(self, batches: Tensor) -> Tensor:
        """Returns this replica's part of batches ``(batches, batch, ...)``."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        return tf.gather(tf.stack(tf.split(batches, self._strategy.num_replicas_in_sync, axis=1)), replica)
