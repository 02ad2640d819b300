"""TensorFlow backend: random numbers, gradients, compiled steps, devices and multi-worker training.

No other file imports TensorFlow. The JAX backend has the same functions; `backend` selects one of the two.
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
from gan_pipelines.training.backend.interface import (
    ForwardResult,
    FoundDevice,
    GradientSources,
    Key,
    LazyRegularizer,
    Step,
    Tensor,
    check_equal_shards,
    translate_lost_process,
)
from gan_pipelines.training.cluster import find_cluster
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples, decode_pixels, prefetch
from gan_pipelines.training.parameters import Devices
from gan_pipelines.training.randomness import Distribution, stream_seed

NAME = "tensorflow"
PACKAGES = ("tensorflow",)
"""Packages whose versions affect results, in addition to Keras."""
THREADS_VARIABLE = "TF_NUM_INTRAOP_THREADS"
"""Environment variable for the number of threads per operation."""

PAIRWISE = tf.AggregationMethod.EXPERIMENTAL_TREE
"""Aggregation of the gradients of a tensor: pairwise sums, for reproducible rounding.

TensorFlow's sum of three or more terms (``AddN``, which a gradient tape uses) starts from the term whose buffer is free
first, so its rounding depends on thread scheduling, even with op determinism enabled.
"""

_LOST_PROCESS_ERRORS = (
    (tf.errors.OpError,),
    ("Collective ops is aborted", "unhealthy", "UNAVAILABLE", "heartbeat", "onnection reset"),
)
"""Error classes, and parts of their messages, that indicate the loss of another process."""

# The first optimization would merge pairwise sums into one ``AddN`` again. The second removes, in a step with a
# `tf.cond`, the control dependencies by which the update of a weight waits for its readers: a penalty then read the old
# or the new weights, depending on thread scheduling (TensorFlow 2.21; up to a third of the steps of a small network on
# busy cores).
tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False, "dependency_optimization": False})


def random_tensor(key: Key, stream: str, shape: Sequence[int], distribution: Distribution = "normal") -> Tensor:
    """Draws float32 numbers from a distribution; they depend only on the key, the stream and the replica."""
    replica = tf.distribute.get_replica_context().replica_id_in_sync_group
    base = tf.constant([stream_seed(key.seed, f"{key.scope}/{stream}"), 0], tf.int64)
    seed = tf.random.experimental.stateless_fold_in(base, key.step)
    seed = tf.random.experimental.stateless_fold_in(seed, replica)
    if distribution == "normal":
        return tf.random.stateless_normal(shape, seed)
    return tf.random.stateless_uniform(shape, seed, minval=-1.0, maxval=1.0)


def input_gradient(function: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Returns the gradient of each sample's output with respect to its input, float32, shaped like ``inputs``.

    The result can be differentiated again. Must be called while a graph is traced.

    Args:
        function: Function from ``(batch, ...)`` to ``(batch, 1)``; each output depends only on its own sample.
        inputs: Inputs at which the gradient is computed; treated as constants.
    """
    constant = tf.stop_gradient(inputs)
    (gradient,) = tf.gradients(function(constant), [constant], aggregation_method=PAIRWISE)
    return tf.cast(gradient, tf.float32)


def losses_and_gradients(
    forward: Callable[[], ForwardResult], sources: Mapping[str, GradientSources]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Runs one forward pass and computes the gradients of each player's own loss.

    Must be called while a graph is traced.

    Args:
        forward: Returns losses, metrics and regularizers.
        sources: Variables and loss scaling of each player.

    Returns:
        Mean loss of each player without regularizers; mean of each metric and regularizer; gradients of each player,
        scaled by `scale_loss`. With several replicas they are divided by the number of replicas, because the optimizer
        sums them over replicas.
    """
    result = forward()
    means = {player: _mean(loss) for player, loss in result.losses.items()}
    logged = {name: _mean(values) for name, values in result.metrics.items()}
    gradients = {player: _gradients(means[player], source) for player, source in sources.items()}
    for regularizer in result.regularizers:
        metrics, terms = _regularizer_gradients(regularizer, sources[regularizer.player])
        logged |= metrics
        gradients[regularizer.player] = [
            term if gradient is None else gradient + term
            for gradient, term in zip(gradients[regularizer.player], terms, strict=True)
        ]
    return means, logged, gradients


def _regularizer_gradients(
    regularizer: LazyRegularizer, source: GradientSources
) -> tuple[dict[str, Tensor], list[Tensor]]:
    """Returns a regularizer's metrics and gradients, multiplied by ``interval`` at due steps and 0 at others.

    The gradients are computed inside the `tf.cond`, because the gradient of a `tf.cond` would sum three or more terms
    with ``AddN``; see `PAIRWISE`.
    """

    def due() -> tuple[dict[str, Tensor], list[Tensor]]:
        values, metrics = regularizer.compute()
        means = {regularizer.name: _mean(values)} | {name: _mean(metric) for name, metric in metrics.items()}
        gradients = [
            tf.zeros_like(variable.value) if gradient is None else gradient * float(regularizer.interval)
            for gradient, variable in zip(_gradients(means[regularizer.name], source), source.variables, strict=True)
        ]
        return {name: mean * float(regularizer.interval) for name, mean in means.items()}, gradients

    def not_due() -> tuple[dict[str, Tensor], list[Tensor]]:
        return (
            {name: tf.constant(0.0) for name in (regularizer.name, *regularizer.metric_names)},
            [tf.zeros_like(variable.value) for variable in source.variables],
        )

    if regularizer.interval == 1:
        return due()
    is_due = tf.equal(regularizer.step % regularizer.interval, 0)
    found: tuple[dict[str, Tensor], list[Tensor]] = tf.cond(is_due, due, not_due)
    return found


def _mean(values: Tensor) -> Tensor:
    return keras.ops.mean(keras.ops.cast(values, "float32"))


def _gradients(mean: Tensor, source: GradientSources) -> list[Tensor]:
    """Returns the gradients of this replica's mean, divided by the number of replicas; None for unused variables."""
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    gradients: list[Tensor] = tf.gradients(
        source.scale_loss(mean / replicas),
        [variable.value for variable in source.variables],
        aggregation_method=PAIRWISE,
    )
    return gradients


def average_over_replicas(variables: Sequence[keras.Variable]) -> None:
    """Sets each variable to its mean over replicas, each of which has updated it from its own shard of a batch."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync > 1 and variables:
        means = context.all_reduce(tf.distribute.ReduceOp.MEAN, [tf.identity(variable.value) for variable in variables])
        for variable, mean in zip(variables, means, strict=True):
            variable.assign(mean)


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: Sequence[Tensor], variables: Sequence[keras.Variable]
) -> None:
    """Applies gradients; an optimizer with loss scaling skips updates whose gradients overflowed."""
    # tf.gradients returns tensors without a device, but a sum over processes is placed on the device of its terms.
    placed = [None if gradient is None else tf.identity(gradient) for gradient in gradients]
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        placed = _propagate_overflow(placed)
    optimizer.apply(placed, variables)


def _propagate_overflow(gradients: list[Tensor]) -> list[Tensor]:
    """Sets gradients to NaN on all replicas if any are not finite on one.

    Keras checks only the first replica, or each one separately.
    """
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return gradients
    defined = [gradient for gradient in gradients if gradient is not None]
    is_finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(gradient)) for gradient in defined])
    overflows = context.all_reduce(tf.distribute.ReduceOp.SUM, tf.where(is_finite, 0.0, 1.0))
    nan = tf.where(overflows > 0, np.float32(np.nan), 0.0)
    return [None if gradient is None else gradient + tf.cast(nan, gradient.dtype) for gradient in gradients]


@dataclass(frozen=True)
class TensorFlowDevice:
    """See `Device`.

    Args:
        strategy: Distribution strategy, in whose scope variables are created.
        kind: Device type.
        description: Description for the log and the model card.
        jit_compile: Whether XLA compiles the step.
        process: Rank of this process.
        processes: Number of processes.
    """

    strategy: tf.distribute.Strategy
    kind: Literal["CPU", "GPU"]
    description: str
    jit_compile: bool
    process: int = 0
    processes: int = 1

    @property
    def replicas(self) -> int:
        """Number of replicas among which a batch is split."""
        return int(self.strategy.num_replicas_in_sync)

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the results."""
        return self.process == 0

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers must be built."""
        return self.strategy.scope()  # type: ignore[no-any-return]

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],
    ) -> "CompiledSteps":
        """Returns compiled steps; see `Device`."""
        return CompiledSteps(self, step, logged, variables, examples, batches_shape)

    def all_reduce_sum(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; all processes must call it in the same order."""
        if self.processes == 1:
            return values
        with translate_lost_process(self, *_LOST_PROCESS_ERRORS):
            return np.asarray(_summed_over_processes(self.strategy, self.processes)(tf.constant(values)), np.int32)


@functools.cache
def _summed_over_processes(strategy: tf.distribute.Strategy, processes: int) -> Callable[[Tensor], Tensor]:
    """Returns a function that sums integer vectors over processes, counting one replica of each process."""
    replicas_per_process = strategy.num_replicas_in_sync // processes

    def on_replica(values: Tensor) -> Tensor:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        return tf.where(tf.equal(replica % replicas_per_process, 0), values, tf.zeros_like(values))

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
    """Opens the devices that the parameters select.

    Args:
        devices: Parameter `devices`.
        jit_compile: Whether XLA compiles the step.
        batch_size: Examples per batch.
        section: Section with these parameters, for messages.
        jit_kinds: Types of single devices for which ``auto`` selects XLA. According to `make bench`, TensorFlow's own
            kernels are faster for DCGAN steps on a CPU.

    Raises:
        UserError: If a GPU is required and there is none, the batch cannot be split equally, or there is no cluster.
    """
    kind: Literal["CPU", "GPU"] = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    if devices == "gpu" and kind == "CPU":
        raise UserError(
            f"{section}.devices is 'gpu', but TensorFlow finds no GPU on this machine. Install the extra with "
            "`pip install -e '.[gpu]'` and check the driver with `nvidia-smi`, or choose 'auto' or 'cpu'."
        )
    if devices in ("mirrored", "multi_worker"):
        return _open_replicas(devices, kind, jit_compile, batch_size, section)
    kind = "CPU" if devices == "cpu" else kind
    if kind == "GPU":
        tf.config.experimental.enable_op_determinism()  # otherwise sums on a GPU depend on thread scheduling
    jit = jit_compile if isinstance(jit_compile, bool) else kind in jit_kinds
    description = " ".join([kind, *(found.model for found in find_devices(kind)[:1] if found.model)])
    return TensorFlowDevice(tf.distribute.OneDeviceStrategy(f"/{kind}:0"), kind, description, jit)


def _open_replicas(
    devices: Devices, kind: Literal["CPU", "GPU"], jit_compile: bool | Literal["auto"], batch_size: int, section: str
) -> TensorFlowDevice:
    cluster = join_cluster() if devices == "multi_worker" else None
    strategy = cluster.strategy if cluster else _mirrored_strategy()
    replicas = strategy.num_replicas_in_sync
    check_equal_shards(batch_size, replicas, section)
    if jit_compile is True:
        raise UserError(
            f"{section}.jit_compile is true, but must be 'auto' or false if {section}.devices is {devices!r}."
        )
    if cluster is None:
        return TensorFlowDevice(strategy, kind, f"{replicas} mirrored devices", jit_compile=False)
    description = f"{replicas} mirrored devices of {cluster.processes} processes"
    return TensorFlowDevice(strategy, kind, description, False, cluster.process, cluster.processes)


@functools.cache
def _mirrored_strategy() -> tf.distribute.MirroredStrategy:
    """Returns one strategy for all trainings: sums of a second one would be mixed up with those of the first."""
    return tf.distribute.MirroredStrategy()


@functools.cache
def join_cluster() -> TensorFlowDevice:
    """Connects to the other processes of the cluster; must run before any other TensorFlow operation.

    Waits until all processes are connected.

    Returns:
        A device for communication between the processes.

    Raises:
        UserError: If the environment does not describe a cluster.
    """
    cluster = find_cluster()
    # TensorFlow's Slurm resolver fails on nodes that have fewer GPUs than tasks, or no `nvidia-smi` (2.21).
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
    """Returns the devices of a type that TensorFlow finds on this machine."""
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
    """Many steps in one call; see `Device.compile_steps`. A stop request takes effect after the current step."""

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
        self._seed_states = [variable for variable in variables if variable.path.endswith("seed_generator_state")]
        with device.strategy.scope():
            self._data = {name: tf.constant(array) for name, array in examples.items() if isinstance(array, np.ndarray)}
        with tf.device("CPU"):
            self._stop = tf.Variable(False, trainable=False)
        stored = {name: pixels.shape[1:] for name, pixels in examples.items() if name not in self._data}
        signature = [
            tf.TensorSpec([], tf.int64),
            tf.TensorSpec([None, *batches_shape], tf.int32),
            {name: tf.TensorSpec([None, *batches_shape, *shape], tf.uint8) for name, shape in stored.items()},
        ]
        self._run = tf.function(self._run_steps, input_signature=signature, autograph=False)

    def stop(self) -> None:
        """Ends the current call after its current step, and prevents later calls."""
        self._stop.assign(True)

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs consecutive steps; see `interface.CompiledSteps`."""
        logs: list[dict[str, NDArray[np.float32]]] = []
        for begin, chunk, pixels in prefetch(self._examples, indices):
            with translate_lost_process(self._device, *_LOST_PROCESS_ERRORS):
                done, found = self._run(
                    tf.constant(first_step + begin, tf.int64),
                    tf.constant(chunk),
                    {name: tf.constant(values) for name, values in pixels.items()},
                )
            logs.append({name: values.numpy()[: int(done)] for name, values in found.items()})
            if int(done) < len(chunk) or not all(np.isfinite(values).all() for values in logs[-1].values()):
                break
        return {name: np.concatenate([each[name] for each in logs]) for name in self._logged}

    def _run_steps(
        self, first_step: Tensor, indices: Tensor, read: Mapping[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        steps = tf.shape(indices)[0]
        logs = {name: tf.TensorArray(tf.float32, size=steps) for name in self._logged}

        def is_running(done: Tensor, finite: Tensor, _: Mapping[str, tf.TensorArray]) -> Tensor:
            return (done < steps) & finite & ~self._stop.read_value()

        def body(done: Tensor, _: Tensor, logs: dict[str, tf.TensorArray]) -> tuple[Any, ...]:
            now = {name: values[done] for name, values in read.items()}
            values = self._replicated_step(first_step + tf.cast(done, tf.int64), indices[done], now)
            finite = tf.reduce_all(tf.math.is_finite(tf.stack([values[name] for name in self._logged])))
            return done + 1, finite, {name: logs[name].write(done, values[name]) for name in self._logged}

        done, _, logs = tf.while_loop(
            is_running, body, (tf.constant(0), tf.constant(True), logs), parallel_iterations=1
        )
        return done, {name: logs[name].stack() for name in self._logged}

    def _replicated_step(self, step: Tensor, indices: Tensor, read: Mapping[str, Tensor]) -> dict[str, Tensor]:
        def on_replica() -> dict[str, Tensor]:
            in_memory = {name: tf.gather(values, self._shard(indices)) for name, values in self._data.items()}
            stored = {name: decode_pixels(self._shard(values)) for name, values in read.items()}
            with self._distinct_seeds():
                return dict(self._step(step, in_memory | stored))

        values = self._strategy.run(on_replica)
        return {
            name: self._strategy.reduce(tf.distribute.ReduceOp.MEAN, value, axis=None) for name, value in values.items()
        }

    @contextmanager
    def _distinct_seeds(self) -> Iterator[None]:
        """Makes random layers such as dropout draw different numbers on each replica, but end with equal states."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        states = self._seed_states if self._strategy.num_replicas_in_sync > 1 else []
        shifts = [tf.stack([tf.cast(replica, variable.dtype), tf.constant(0, variable.dtype)]) for variable in states]
        for variable, shift in zip(states, shifts, strict=True):
            variable.assign_add(shift)
        yield
        for variable, shift in zip(states, shifts, strict=True):
            variable.assign_sub(shift)

    def _shard(self, batches: Tensor) -> Tensor:
        """Returns this replica's shard of batches ``(batches, batch, ...)``."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        return tf.gather(tf.stack(tf.split(batches, self._strategy.num_replicas_in_sync, axis=1)), replica)
