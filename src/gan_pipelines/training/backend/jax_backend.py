"""The JAX side of the seam: the same functions as the TensorFlow side has, over values that nothing changes in place.

Keras's variables keep their values between calls. Within a step their present values are what the scope of a
`keras.StatelessScope` says, so that JAX can differentiate and compile what reads and assigns them.
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
from gan_pipelines.training.cluster import SECONDS_UNTIL_LOST, find_cluster
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples, normalised, pieces
from gan_pipelines.training.parameters import Devices
from gan_pipelines.training.randomness import Distribution, stream_seed

NAME = "jax"
PACKAGES = ("jax", "jaxlib")
"""Whose versions decide about bits, beside Keras's."""
THREADS_VARIABLE = "NPROC"
"""By which a user says how many threads an operation may take."""

Result = TypeVar("Result")
Changes = dict[int, Tensor]
"""New values by the variable's place in `_VARIABLES`."""

_VARIABLES: ContextVar[Sequence[keras.Variable]] = ContextVar("variables of the step that is traced")

_LOSSES = (jax.errors.JaxRuntimeError, ValueError), ("Gloo", "NCCL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "heartbeat")
"""By what errors the loss of another process shows, and by which words in them."""

_STEPS_A_CALL = {"CPU": 1, "GPU": 64}
"""So many at most are compiled into one call; fewer are left out at its end, so that one compilation serves all.

On a CPU a step of `dcgan` took six times as long in a loop that XLA compiled as without one (JAX 0.10).
"""


def noise(key: Key, stream: str, shape: Sequence[int], distribution: Distribution = "normal") -> Tensor:
    """Draws float32 numbers of a distribution, which depend on the key and the stream alone.

    Over several devices it draws for the whole batch, so that each has numbers of its own.
    """
    drawn_from = jax.random.fold_in(jax.random.key(stream_seed(key.seed, f"{key.scope}/{stream}")), key.step)
    if distribution == "normal":
        return jax.random.normal(drawn_from, shape)
    return jax.random.uniform(drawn_from, shape, minval=-1.0, maxval=1.0)


def input_gradient(function: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """Returns each sample's gradient of its own output with respect to its input, float32, shaped like ``inputs``.

    What is computed from it can be differentiated again. Must be called within a step.

    Args:
        function: From inputs ``(batch, ...)`` to numbers ``(batch, 1)``, each sample's from that sample alone.
        inputs: Where the gradient is taken; nothing flows back through them.
    """
    present = _present_values()

    def total(place: Tensor) -> tuple[Tensor, Changes]:
        outputs, changes = _apart(lambda: function(place), present)
        return jnp.sum(outputs.astype(jnp.float32)), changes

    gradient, changes = jax.grad(total, has_aux=True)(jax.lax.stop_gradient(inputs))
    _assign(changes)
    return gradient.astype(jnp.float32)


def losses_and_gradients(
    forward: Callable[[], Forward], learners: Mapping[str, Learner]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Runs one forward pass and takes each player's gradients of its own loss.

    Must be called within a step. The pass is made once, and pulled back along each player's own loss alone: XLA would
    not find that passes which are traced apart are the same.

    Args:
        forward: Returns losses, figures and terms.
        learners: What each player may move.

    Returns:
        Each player's mean loss without the terms, each figure's and term's mean, and each player's gradients of both,
        scaled as the learner scales its loss.
    """
    present = _present_values()
    places = {player: _places(learner.variables) for player, learner in learners.items()}

    def scaled_losses(owned: Mapping[str, list[Tensor]]) -> tuple[dict[str, Tensor], tuple[Any, ...]]:
        values = [*present]
        for player, own in owned.items():
            for place, value in zip(places[player], own, strict=True):
                values[place] = value
        (losses, figures, terms), changes = _apart(lambda: _means(forward), values)
        totals = {player: losses[player] + sum(terms.get(player, ())) for player in learners}
        scaled = {player: learner.scale_loss(totals[player]) for player, learner in learners.items()}
        return scaled, (losses, figures, changes)

    owned = {player: [present[place] for place in own] for player, own in places.items()}
    _, linear, (losses, figures, changes) = jax.linearize(scaled_losses, owned, has_aux=True)
    _assign(changes)
    return losses, figures, {player: _pulled_back(linear, owned, player) for player in learners}


def _pulled_back(
    linear: Callable[[Mapping[str, list[Tensor]]], Mapping[str, Tensor]],
    owned: Mapping[str, list[Tensor]],
    player: str,
) -> list[Tensor]:
    """Returns the gradients of a player's loss by its own variables, from how all losses change with all variables."""
    unmoved = jax.tree.map(jnp.zeros_like, owned)
    pull_back = jax.linear_transpose(lambda own: linear({**unmoved, player: own})[player], owned[player])
    (gradients,) = pull_back(jnp.ones((), jnp.float32))
    return gradients  # type: ignore[no-any-return]


def _means(
    forward: Callable[[], Forward],
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, list[Tensor]]]:
    """Returns the mean of every loss, of every figure and term by name, and of the terms by player."""
    losses, figures, terms = forward()
    logged = {name: _mean(values) for name, values in figures.items()}
    of_players: dict[str, list[Tensor]] = {}
    for term in terms:
        mean, more = _lazily(term)
        of_players.setdefault(term.player, []).append(mean)
        logged |= {term.name: mean, **more}
    return {name: _mean(loss) for name, loss in losses.items()}, logged, of_players


def _lazily(term: LazyTerm) -> tuple[Tensor, dict[str, Tensor]]:
    """Returns a term's mean, ``interval`` times too large where it is due and 0 elsewhere, and its figures likewise."""

    def compute() -> tuple[Tensor, dict[str, Tensor]]:
        values, figures = term.compute()
        means = {name: _mean(figure) * float(term.interval) for name, figure in figures.items()}
        return _mean(values) * float(term.interval), means

    if term.interval == 1:
        return compute()
    present = _present_values()
    (_, _), changed = jax.eval_shape(lambda: _apart(compute, present))
    nothing = jnp.zeros((), jnp.float32), {name: jnp.zeros((), jnp.float32) for name in term.figures}
    found, changes = jax.lax.cond(
        term.step % term.interval == 0,
        lambda: _apart(compute, present),
        lambda: (nothing, {place: present[place] for place in changed}),
    )
    _assign(changes)
    return found  # type: ignore[no-any-return]


def _apart(function: Callable[[], Result], values: Sequence[Tensor]) -> tuple[Result, Changes]:
    """Calls a function for which the variables have these values, and returns what it assigned to them."""
    variables = _VARIABLES.get()
    with keras.StatelessScope(zip(variables, values, strict=True)) as scope:
        given = [scope.get_current_value(variable) for variable in variables]
        result = function()
        after = [scope.get_current_value(variable) for variable in variables]
    return result, {place: new for place, (old, new) in enumerate(zip(given, after, strict=True)) if new is not old}


def _present_values() -> list[Tensor]:
    return [variable.value for variable in _VARIABLES.get()]


def _assign(changes: Changes) -> None:
    variables = _VARIABLES.get()
    for place, value in changes.items():
        variables[place].assign(value)


def _places(chosen: Sequence[keras.Variable]) -> list[int]:
    places = {id(variable): place for place, variable in enumerate(_VARIABLES.get())}
    return [places[id(variable)] for variable in chosen]


def _mean(values: Tensor) -> Tensor:
    return jnp.mean(values.astype(jnp.float32))


def share_statistics(variables: Sequence[keras.Variable]) -> None:
    """Does nothing: what is computed of a batch is computed of all of it, however many devices share it."""


def apply_gradients(
    optimizer: keras.optimizers.Optimizer, gradients: Sequence[Tensor], variables: Sequence[keras.Variable]
) -> None:
    """Lets an optimizer move variables; one that scales losses leaves out a step whose gradients overflowed."""
    moved, state = optimizer.stateless_apply(
        [variable.value for variable in optimizer.variables], gradients, [variable.value for variable in variables]
    )
    for variable, value in (*zip(variables, moved, strict=True), *zip(optimizer.variables, state, strict=True)):
        variable.assign(value)


@dataclass(frozen=True)
class JaxDevice:
    """Where training runs; see `Device`.

    Args:
        devices: All that share a batch, those of other processes among them.
        kind: What computes.
        description: For the log and the model card.
        process: The number of this process.
        processes: How many train together.
    """

    devices: tuple[jax.Device, ...]
    kind: Literal["CPU", "GPU"]
    description: str
    process: int = 0
    processes: int = 1
    jit_compile: Literal[True] = True

    @property
    def replicas(self) -> int:
        """Devices that share a batch."""
        return len(self.devices)

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.process == 0

    @property
    def own(self) -> jax.Device:
        """The device of this process on which networks lie between steps."""
        return next(device for device in self.devices if device.process_index == self.process)

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers are made."""
        return jax.default_device(self.own)  # type: ignore[no-any-return]

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],  # noqa: ARG002 - JAX compiles for what comes
    ) -> "CompiledSteps":
        """Prepares steps; see `Device`."""
        return CompiledSteps(self, step, logged, variables, examples)

    def total(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; each must call this, in the same order."""
        if self.processes == 1:
            return values
        from jax.experimental import multihost_utils

        with told_as_lost(self, *_LOSSES):
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
    """Finds what the parameters ask for.

    Args:
        devices: The kind of device.
        jit_compile: Whether XLA compiles the step; it does so for JAX in any case.
        batch_size: Examples in a batch.
        section: Where the user gives these, for messages.
        jit_kinds: For which ``auto`` takes XLA, where there is a choice.

    Raises:
        UserError: A GPU is asked for and there is none, the batch cannot be shared out, or there is no cluster.
    """
    if jit_compile is False:
        raise UserError(f"{section}.jit_compile is false, but JAX compiles every step by XLA. Take 'auto' or true.")
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
        return _shared_out(tuple(found or jax.devices("cpu")), kind, batch_size, section)
    if devices == "cpu" or not found:
        return JaxDevice(tuple(jax.local_devices(backend="cpu")[:1]), "CPU", "CPU")
    return JaxDevice(tuple(found[:1]), "GPU", f"GPU {found[0].device_kind}")


def _shared_out(
    devices: tuple[jax.Device, ...], kind: Literal["CPU", "GPU"], batch_size: int, section: str
) -> JaxDevice:
    check_shares(batch_size, len(devices), section)
    processes = jax.process_count()
    of_processes = f" of {processes} processes" if processes > 1 else ""
    description = f"{len(devices)} devices{of_processes} that share a batch"
    return JaxDevice(devices, kind, description, jax.process_index(), processes)


@functools.cache
def join_cluster() -> JaxDevice:
    """Meets the other processes that train; must come before any other operation of JAX's.

    Waits until all of them are there.

    Returns:
        What lets them agree.

    Raises:
        UserError: Nothing says who they are.
    """
    cluster = find_cluster()
    jax.distributed.initialize(
        cluster.addresses[0],
        cluster.processes,
        cluster.process,
        cluster_detection_method="deactivate",  # in Slurm it leaves each process one GPU, whatever it was given
        heartbeat_timeout_seconds=SECONDS_UNTIL_LOST,
    )
    return JaxDevice(tuple(jax.devices()), "CPU", "", jax.process_index(), jax.process_count())


def find_devices(kind: Literal["CPU", "GPU"]) -> list[FoundDevice]:
    """Returns the devices of a kind that JAX sees on this machine."""
    seen = jax.local_devices(backend="cpu") if kind == "CPU" else jax.local_devices()
    return [_found(device) for device in seen if device.platform.upper() == kind]


def _found(device: jax.Device) -> FoundDevice:
    if device.platform != "gpu":
        return FoundDevice(str(device))
    memory = (device.memory_stats() or {}).get("bytes_limit")
    version = re.fullmatch(r"(\d+)\.(\d+)", str(getattr(device, "compute_capability", "")))
    capability = (int(version[1]), int(version[2])) if version else None
    return FoundDevice(str(device), device.device_kind, memory, capability)


class CompiledSteps:
    """Runs many steps in one call; see `Device.compile_steps`.

    A call stops early only between two calls of compiled code.
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
        self._everywhere = NamedSharding(mesh, PartitionSpec())
        self._by_batch = NamedSharding(mesh, PartitionSpec(None, "batch"))
        self._step = step
        self._logged = tuple(logged)
        self._examples = examples
        self._data = {name: self._on_all(kept) for name, kept in examples.items() if isinstance(kept, np.ndarray)}
        self._variables = tuple({id(variable): variable for variable in variables}.values())
        self._steps_a_call = _STEPS_A_CALL[device.kind]
        self._is_stopped = False
        self._run = jax.jit(self._run_steps, donate_argnums=0)

    def stop(self) -> None:
        """Ends the calls under way after the present one, and keeps later ones from starting."""
        self._is_stopped = True

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs steps from ``first_step`` on."""
        logs: list[NDArray[np.float32]] = [np.zeros((0, len(self._logged)), np.float32)]
        for begin, piece, read in pieces(self._examples, indices, self._steps_a_call):
            if self._is_stopped:
                break
            with told_as_lost(self._device, *_LOSSES):
                logs.append(self._call(first_step + begin, piece, read))
            if len(logs[-1]) < len(piece) or not np.isfinite(logs[-1]).all():
                break
        joined = np.concatenate(logs)
        return {name: joined[:, column] for column, name in enumerate(self._logged)}

    def _call(
        self, first_step: int, indices: NDArray[np.int32], read: Mapping[str, NDArray[np.uint8]]
    ) -> NDArray[np.float32]:
        """Runs as many steps as are compiled together, and returns what they logged, ``(steps that ran, names)``."""
        values, done, found = self._run(
            [self._on_all(variable.value) for variable in self._variables],
            self._data,
            np.int32(first_step),
            np.int32(len(indices)),
            self._filled(indices),
            {name: self._filled(pixels) for name, pixels in read.items()},
        )
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value.addressable_data(0))
        return np.asarray(found)[: int(done)]

    def _filled(self, values: NDArray[Any]) -> NDArray[Any]:
        """Returns values of as many steps as a call takes; the last ones are never looked at."""
        return np.concatenate([values, np.zeros((self._steps_a_call - len(values), *values.shape[1:]), values.dtype)])

    def _on_all(self, value: Any) -> jax.Array:  # noqa: ANN401  whatever becomes an array
        if self._everywhere.is_fully_addressable:
            return jax.device_put(value, self._everywhere)
        return jax.make_array_from_process_local_data(self._everywhere, np.asarray(value))

    def _run_steps(
        self,
        values: list[Tensor],
        data: Mapping[str, Tensor],
        first_step: Tensor,
        steps: Tensor,
        indices: Tensor,
        read: Mapping[str, Tensor],
    ) -> tuple[list[Tensor], Tensor, Tensor]:
        def goes_on(state: tuple[Any, ...]) -> Tensor:
            _, done, is_finite, _ = state
            return (done < steps) & is_finite

        def body(state: tuple[Any, ...]) -> tuple[Any, ...]:
            values, done, _, logs = state
            kept = {name: examples[indices[done]] for name, examples in data.items()}
            stored = {name: normalised(pixels[done]) for name, pixels in read.items()}
            batches = {
                name: jax.lax.with_sharding_constraint(batch, self._by_batch) for name, batch in (kept | stored).items()
            }
            values, found = self._traced_step(values, first_step + done, batches)
            return values, done + 1, jnp.all(jnp.isfinite(found)), logs.at[done].set(found)

        logs = jnp.zeros((len(indices), len(self._logged)), jnp.float32)
        state = (values, jnp.int32(0), jnp.bool_(True), logs)
        values, done, _, logs = body(state) if self._steps_a_call == 1 else jax.lax.while_loop(goes_on, body, state)
        return values, done, logs

    def _traced_step(
        self, values: Sequence[Tensor], step: Tensor, batches: Mapping[str, Tensor]
    ) -> tuple[list[Tensor], Tensor]:
        with _training(self._variables):
            found, changes = _apart(lambda: self._step(step, batches), values)
        logged = jnp.stack([jnp.asarray(found[name], jnp.float32) for name in self._logged])
        return [changes.get(place, value) for place, value in enumerate(values)], logged


@contextmanager
def _training(variables: Sequence[keras.Variable]) -> Iterator[None]:
    token = _VARIABLES.set(variables)
    try:
        yield
    finally:
        _VARIABLES.reset(token)
