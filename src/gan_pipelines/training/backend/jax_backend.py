"""JAX backend: the same functions as in the TensorFlow backend, on immutable values.

Keras variables hold the values between calls. Within a step, a `keras.StatelessScope` holds their current values, so
that JAX can differentiate and compile code that reads and assigns variables.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import jax
import numpy as np
from jax import numpy as jnp
from jax.sharding import Mesh, NamedSharding, PartitionSpec
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
from gan_pipelines.training.cluster import SECONDS_UNTIL_LOST, find_cluster
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples, decode_pixels, prefetch
from gan_pipelines.training.parameters import Devices
from gan_pipelines.training.randomness import Distribution, stream_seed

NAME = "jax"
PACKAGES = ("jax", "jaxlib")
"""Packages whose versions affect results, in addition to Keras."""
THREADS_VARIABLE = "NPROC"
"""Environment variable for the number of threads per operation."""

Result = TypeVar("Result")
Changes = dict[int, Tensor]
"""New values by index of the variable in `_VARIABLES`."""

_VARIABLES: ContextVar[Sequence[keras.Variable]] = ContextVar("variables of the step that is traced")

_LOST_PROCESS_ERRORS = (
    (jax.errors.JaxRuntimeError, ValueError),
    ("Gloo", "NCCL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "heartbeat"),
)
"""Error classes, and parts of their messages, that indicate the loss of another process."""

_STEPS_PER_CALL = {"CPU": 1, "GPU": 64}
"""Maximum number of steps per compiled call; shorter calls are padded, so that the steps are compiled only once.

On a CPU a step of `dcgan` took six times as long in an XLA loop as without a loop (JAX 0.10).
"""


def random_tensor(key: Key, stream: str, shape: Sequence[int], distribution: Distribution = "normal") -> Tensor:
    """Draws float32 numbers from a distribution; they depend only on the key and the stream.

    With several devices, numbers are drawn for the whole batch, so that each device has different ones.
    """
    random_key = jax.random.fold_in(jax.random.key(stream_seed(key.seed, f"{key.scope}/{stream}")), key.step)
    if distribution == "normal":
        return jax.random.normal(random_key, shape)
    return jax.random.uniform(random_key, shape, minval=-1.0, maxval=1.0)


def input_gradient(function: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Returns the gradient of each sample's output with respect to its input, float32, shaped like ``inputs``.

    The result can be differentiated again. Must be called within a step.

    Args:
        function: Function from ``(batch, ...)`` to ``(batch, 1)``; each output depends only on its own sample.
        inputs: Inputs at which the gradient is computed; treated as constants.
    """
    current = _current_values()

    def total(inputs: Tensor) -> tuple[Tensor, Changes]:
        outputs, changes = _call_stateless(lambda: function(inputs), current)
        return jnp.sum(outputs.astype(jnp.float32)), changes

    gradient, changes = jax.grad(total, has_aux=True)(jax.lax.stop_gradient(inputs))
    _assign(changes)
    return gradient.astype(jnp.float32)


def losses_and_gradients(
    forward: Callable[[], ForwardResult], sources: Mapping[str, GradientSources]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Runs one forward pass and computes the gradients of each player's own loss.

    Must be called within a step. The forward pass is traced once and transposed for each player's own loss, because XLA
    does not merge forward passes that are traced separately.

    Args:
        forward: Returns losses, metrics and regularizers.
        sources: Variables and loss scaling of each player.

    Returns:
        Mean loss of each player without regularizers; mean of each metric and regularizer; gradients of each player,
        scaled by `scale_loss`.
    """
    current = _current_values()
    positions = {player: _positions(source.variables) for player, source in sources.items()}

    def scaled_losses(owned: Mapping[str, list[Tensor]]) -> tuple[dict[str, Tensor], tuple[Any, ...]]:
        values = [*current]
        for player, own in owned.items():
            for position, value in zip(positions[player], own, strict=True):
                values[position] = value
        (losses, metrics, regularizers), changes = _call_stateless(lambda: _means(forward), values)
        totals = {player: losses[player] + sum(regularizers.get(player, ())) for player in sources}
        scaled = {player: source.scale_loss(totals[player]) for player, source in sources.items()}
        return scaled, (losses, metrics, changes)

    owned = {player: [current[position] for position in own] for player, own in positions.items()}
    _, linear, (losses, metrics, changes) = jax.linearize(scaled_losses, owned, has_aux=True)
    _assign(changes)
    return losses, metrics, {player: _player_gradients(linear, owned, player) for player in sources}


def _player_gradients(
    linear: Callable[[Mapping[str, list[Tensor]]], Mapping[str, Tensor]],
    owned: Mapping[str, list[Tensor]],
    player: str,
) -> list[Tensor]:
    """Returns the gradients of a player's loss with respect to its own variables.

    ``linear`` maps tangents of all players' variables to tangents of all losses.
    """
    zeros = jax.tree.map(jnp.zeros_like, owned)
    transpose = jax.linear_transpose(lambda own: linear({**zeros, player: own})[player], owned[player])
    (gradients,) = transpose(jnp.ones((), jnp.float32))
    return gradients  # type: ignore[no-any-return]


def _means(
    forward: Callable[[], ForwardResult],
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Returns the means of losses by player, of metrics and regularizers by name, and of regularizers by player."""
    result = forward()
    logged = {name: _mean(values) for name, values in result.metrics.items()}
    by_player: dict[str, list[Tensor]] = {}
    for regularizer in result.regularizers:
        mean, metrics = _regularizer_means(regularizer)
        by_player.setdefault(regularizer.player, []).append(mean)
        logged |= {regularizer.name: mean, **metrics}
    return {name: _mean(loss) for name, loss in result.losses.items()}, logged, by_player


def _regularizer_means(regularizer: LazyRegularizer) -> tuple[Tensor, dict[str, Tensor]]:
    """Returns the means of a regularizer and its metrics, multiplied by ``interval`` at due steps and 0 at others."""

    def compute() -> tuple[Tensor, dict[str, Tensor]]:
        values, metrics = regularizer.compute()
        means = {name: _mean(metric) * float(regularizer.interval) for name, metric in metrics.items()}
        return _mean(values) * float(regularizer.interval), means

    if regularizer.interval == 1:
        return compute()
    current = _current_values()
    (_, _), changed = jax.eval_shape(lambda: _call_stateless(compute, current))
    zeros = jnp.zeros((), jnp.float32), {name: jnp.zeros((), jnp.float32) for name in regularizer.metric_names}
    found, changes = jax.lax.cond(
        regularizer.step % regularizer.interval == 0,
        lambda: _call_stateless(compute, current),
        lambda: (zeros, {position: current[position] for position in changed}),
    )
    _assign(changes)
    return found  # type: ignore[no-any-return]


def _call_stateless(function: Callable[[], Result], values: Sequence[Tensor]) -> tuple[Result, Changes]:
    """Calls a function with given values of the variables, and returns its result and its assignments."""
    variables = _VARIABLES.get()
    with keras.StatelessScope(zip(variables, values, strict=True)) as scope:
        before = [scope.get_current_value(variable) for variable in variables]
        result = function()
        after = [scope.get_current_value(variable) for variable in variables]
    pairs = enumerate(zip(before, after, strict=True))
    return result, {position: new for position, (old, new) in pairs if new is not old}


def _current_values() -> list[Tensor]:
    return [variable.value for variable in _VARIABLES.get()]


def _assign(changes: Changes) -> None:
    variables = _VARIABLES.get()
    for position, value in changes.items():
        variables[position].assign(value)


def _positions(chosen: Sequence[keras.Variable]) -> list[int]:
    positions = {id(variable): position for position, variable in enumerate(_VARIABLES.get())}
    return [positions[id(variable)] for variable in chosen]


def _mean(values: Tensor) -> Tensor:
    return jnp.mean(values.astype(jnp.float32))


def average_over_replicas(variables: Sequence[keras.Variable]) -> None:
    """Does nothing: batch statistics are computed over the whole batch, whatever the number of devices."""


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: Sequence[Tensor], variables: Sequence[keras.Variable]
) -> None:
    """Applies gradients; an optimizer with loss scaling skips updates whose gradients overflowed."""
    updated, state = optimizer.stateless_apply(
        [variable.value for variable in optimizer.variables], gradients, [variable.value for variable in variables]
    )
    for variable, value in (*zip(variables, updated, strict=True), *zip(optimizer.variables, state, strict=True)):
        variable.assign(value)


@dataclass(frozen=True)
class JaxDevice:
    """See `Device`.

    Args:
        devices: Devices among which a batch is split, including those of other processes.
        kind: Device type.
        description: Description for the log and the model card.
        process: Rank of this process.
        processes: Number of processes.
    """

    devices: tuple[jax.Device, ...]
    kind: Literal["CPU", "GPU"]
    description: str
    process: int = 0
    processes: int = 1
    jit_compile: Literal[True] = True

    @property
    def replicas(self) -> int:
        """Number of devices among which a batch is split."""
        return len(self.devices)

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the results."""
        return self.process == 0

    @property
    def own(self) -> jax.Device:
        """Device of this process that holds the networks between steps."""
        return next(device for device in self.devices if device.process_index == self.process)

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers must be built."""
        return jax.default_device(self.own)  # type: ignore[no-any-return]

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],  # noqa: ARG002 - JAX compiles for the shapes of the first call
    ) -> "CompiledSteps":
        """Returns compiled steps; see `Device`."""
        return CompiledSteps(self, step, logged, variables, examples)

    def all_reduce_sum(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; all processes must call it in the same order."""
        if self.processes == 1:
            return values
        from jax.experimental import multihost_utils

        with translate_lost_process(self, *_LOST_PROCESS_ERRORS):
            gathered = np.asarray(multihost_utils.process_allgather(values))
        summed: NDArray[np.int32] = gathered.sum(axis=0, dtype=np.int32)
        return summed


def open_device(
    devices: Devices,
    jit_compile: bool | Literal["auto"],
    batch_size: int,
    section: str = "training",
    *,
    jit_kinds: Sequence[str] = ("GPU",),  # noqa: ARG001 - JAX always compiles
) -> JaxDevice:
    """Opens the devices that the parameters select.

    Args:
        devices: Parameter `devices`.
        jit_compile: Whether XLA compiles the step; must not be False, because JAX always compiles.
        batch_size: Examples per batch.
        section: Section with these parameters, for messages.
        jit_kinds: Device types for which ``auto`` selects XLA; ignored by JAX.

    Raises:
        UserError: If a GPU is required and there is none, the batch cannot be split equally, or there is no cluster.
    """
    if jit_compile is False:
        raise UserError(f"{section}.jit_compile is false, but JAX compiles every step with XLA. Use 'auto' or true.")
    if devices == "multi_worker":
        join_cluster()
    found = [device for device in jax.devices() if device.platform == "gpu"]
    kind: Literal["CPU", "GPU"] = "GPU" if found else "CPU"
    if devices == "gpu" and not found:
        raise UserError(
            f"{section}.devices is 'gpu', but JAX finds no GPU on this machine. Install the extra with "
            "`pip install -e '.[jax-gpu]'` and check the driver with `nvidia-smi`, or choose 'auto' or 'cpu'."
        )
    if devices in ("mirrored", "multi_worker"):
        return _open_replicas(tuple(found or jax.devices("cpu")), kind, batch_size, section)
    if devices == "cpu" or not found:
        return JaxDevice(tuple(jax.local_devices(backend="cpu")[:1]), "CPU", "CPU")
    return JaxDevice(tuple(found[:1]), "GPU", f"GPU {found[0].device_kind}")


def _open_replicas(
    devices: tuple[jax.Device, ...], kind: Literal["CPU", "GPU"], batch_size: int, section: str
) -> JaxDevice:
    check_equal_shards(batch_size, len(devices), section)
    processes = jax.process_count()
    of_processes = f" of {processes} processes" if processes > 1 else ""
    description = f"{len(devices)} devices{of_processes} that share a batch"
    return JaxDevice(devices, kind, description, jax.process_index(), processes)


@functools.cache
def join_cluster() -> JaxDevice:
    """Connects to the other processes of the cluster; must run before any other JAX operation.

    Waits until all processes are connected.

    Returns:
        A device for communication between the processes.

    Raises:
        UserError: If the environment does not describe a cluster.
    """
    cluster = find_cluster()
    jax.distributed.initialize(
        cluster.addresses[0],
        cluster.processes,
        cluster.process,
        cluster_detection_method="deactivate",  # on Slurm it would restrict each process to one GPU
        heartbeat_timeout_seconds=SECONDS_UNTIL_LOST,
    )
    return JaxDevice(tuple(jax.devices()), "CPU", "", jax.process_index(), jax.process_count())


def find_devices(kind: Literal["CPU", "GPU"]) -> list[FoundDevice]:
    """Returns the devices of a type that JAX finds on this machine."""
    local = jax.local_devices(backend="cpu") if kind == "CPU" else jax.local_devices()
    return [_found(device) for device in local if device.platform.upper() == kind]


def _found(device: jax.Device) -> FoundDevice:
    if device.platform != "gpu":
        return FoundDevice(str(device))
    memory = (device.memory_stats() or {}).get("bytes_limit")
    version = re.fullmatch(r"(\d+)\.(\d+)", str(getattr(device, "compute_capability", "")))
    capability = (int(version[1]), int(version[2])) if version else None
    return FoundDevice(str(device), device.device_kind, memory, capability)


class CompiledSteps:
    """Many steps in one call; see `Device.compile_steps`.

    A stop request takes effect between two calls of compiled code.
    """

    def __init__(
        self,
        device: JaxDevice,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
    ) -> None:
        self._device = device
        mesh = Mesh(np.array(device.devices), ("batch",))
        self._replicated = NamedSharding(mesh, PartitionSpec())
        self._split = NamedSharding(mesh, PartitionSpec(None, "batch"))
        self._step = step
        self._logged = tuple(logged)
        self._examples = examples
        self._data = {name: self._replicate(array) for name, array in examples.items() if isinstance(array, np.ndarray)}
        self._variables = tuple({id(variable): variable for variable in variables}.values())
        self._steps_per_call = _STEPS_PER_CALL[device.kind]
        self._is_stopped = False
        # A variable whose rows belong to examples, such as a pool of pictures, would else come back split.
        self._run = jax.jit(self._run_steps, donate_argnums=0, out_shardings=self._replicated)

    def stop(self) -> None:
        """Stops after the current call of compiled code, and prevents later calls."""
        self._is_stopped = True

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs consecutive steps; see `interface.CompiledSteps`."""
        logs: list[NDArray[np.float32]] = [np.zeros((0, len(self._logged)), np.float32)]
        for begin, chunk, pixels in prefetch(self._examples, indices, self._steps_per_call):
            if self._is_stopped:
                break
            with translate_lost_process(self._device, *_LOST_PROCESS_ERRORS):
                logs.append(self._call(first_step + begin, chunk, pixels))
            if len(logs[-1]) < len(chunk) or not np.isfinite(logs[-1]).all():
                break
        joined = np.concatenate(logs)
        return {name: joined[:, column] for column, name in enumerate(self._logged)}

    def _call(
        self, first_step: int, indices: NDArray[np.int32], read: Mapping[str, NDArray[np.uint8]]
    ) -> NDArray[np.float32]:
        """Runs at most as many steps as are compiled together; returns their logs, ``(completed steps, names)``."""
        values, done, found = self._run(
            [self._replicate(variable.value) for variable in self._variables],
            self._data,
            np.int32(first_step),
            np.int32(len(indices)),
            self._padded(indices),
            {name: self._padded(pixels) for name, pixels in read.items()},
        )
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value.addressable_data(0))
        return np.asarray(found)[: int(done)]

    def _padded(self, values: NDArray[Any]) -> NDArray[Any]:
        """Pads values to the steps of a compiled call; the padding is not used."""
        return np.concatenate([values, np.zeros((self._steps_per_call - len(values), *values.shape[1:]), values.dtype)])

    def _replicate(self, value: Any) -> jax.Array:  # noqa: ANN401  anything that JAX converts to an array
        if self._replicated.is_fully_addressable:
            return jax.device_put(value, self._replicated)
        return jax.make_array_from_process_local_data(self._replicated, np.asarray(value))

    def _run_steps(
        self,
        values: list[Tensor],
        data: Mapping[str, Tensor],
        first_step: Tensor,
        steps: Tensor,
        indices: Tensor,
        read: Mapping[str, Tensor],
    ) -> tuple[list[Tensor], Tensor, Tensor]:
        def is_running(state: tuple[Any, ...]) -> Tensor:
            _, done, is_finite, _ = state
            return (done < steps) & is_finite

        def body(state: tuple[Any, ...]) -> tuple[Any, ...]:
            values, done, _, logs = state
            in_memory = {name: examples[indices[done]] for name, examples in data.items()}
            stored = {name: decode_pixels(pixels[done]) for name, pixels in read.items()}
            batches = {
                name: jax.lax.with_sharding_constraint(batch, self._split)
                for name, batch in (in_memory | stored).items()
            }
            values, found = self._traced_step(values, first_step + done, batches)
            return values, done + 1, jnp.all(jnp.isfinite(found)), logs.at[done].set(found)

        logs = jnp.zeros((len(indices), len(self._logged)), jnp.float32)
        state = (values, jnp.int32(0), jnp.bool_(True), logs)
        values, done, _, logs = (
            body(state) if self._steps_per_call == 1 else jax.lax.while_loop(is_running, body, state)
        )
        return values, done, logs

    def _traced_step(
        self, values: Sequence[Tensor], step: Tensor, batches: Mapping[str, Tensor]
    ) -> tuple[list[Tensor], Tensor]:
        with _traced_variables(self._variables):
            found, changes = _call_stateless(lambda: self._step(step, batches), values)
        logged = jnp.stack([jnp.asarray(found[name], jnp.float32) for name in self._logged])
        return [changes.get(position, value) for position, value in enumerate(values)], logged


@contextmanager
def _traced_variables(variables: Sequence[keras.Variable]) -> Iterator[None]:
    token = _VARIABLES.set(variables)
    try:
        yield
    finally:
        _VARIABLES.reset(token)
