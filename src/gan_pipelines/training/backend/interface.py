"""Types shared by the backends: random keys, losses, regularizers, gradients and devices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import LostProcessError, UserError
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples

Tensor = Any
"""A tensor of the backend; Keras has no static type for it."""

Step = Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, Tensor]]
"""Function from a step number (integer scalar tensor) and its batches, ``(batches, batch, ...)`` by name, to the values
to log, by name."""


@dataclass(frozen=True)
class Key:
    """Key of the random numbers within a step.

    Args:
        seed: Seed of the training.
        step: Step number as an integer scalar tensor, so that the step is traced only once.
        scope: Distinguishes the phases of a step and their repetitions.
    """

    seed: int
    step: Tensor
    scope: str = ""

    def fold_in(self, scope: str) -> "Key":
        """Returns a key whose streams are independent of those of other scopes."""
        return Key(self.seed, self.step, f"{self.scope}/{scope}")


@dataclass(frozen=True)
class LazyRegularizer:
    """Regularizer of a player's loss that is computed every ``interval`` steps, multiplied by ``interval``.

    Args:
        name: Metric name of its mean; 0 at steps without it.
        player: Player to whose loss it is added.
        interval: It is computed at steps that are multiples of this.
        step: Current step, integer scalar tensor.
        compute: Returns per-sample values ``(batch,)``, and per-sample metrics ``(batch,)`` by name.
        metric_names: Names of those metrics.
    """

    name: str
    player: str
    interval: int
    step: Tensor
    compute: Callable[[], tuple[Tensor, Mapping[str, Tensor]]]
    metric_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForwardResult:
    """Losses and metrics of one forward pass.

    Args:
        losses: Per-sample losses ``(batch,)`` by player.
        metrics: Per-sample metrics ``(batch,)`` by name.
        regularizers: Regularizers, which are added to the losses and logged separately.
    """

    losses: Mapping[str, Tensor]
    metrics: Mapping[str, Tensor]
    regularizers: Sequence[LazyRegularizer] = ()


@dataclass(frozen=True)
class GradientSources:
    """Variables with respect to which a player's loss is differentiated.

    Args:
        variables: Trainable variables of the player.
        scale_loss: Scales the loss against underflow of float16 gradients; the optimizer unscales the gradients.
    """

    variables: Sequence[keras.Variable]
    scale_loss: Callable[[Tensor], Tensor]


class CompiledSteps(Protocol):
    """Many steps in one call, which ends early if a logged value is not finite."""

    def stop(self) -> None:
        """Ends the current call as soon as possible and prevents later calls; may be called from any thread."""

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs consecutive steps.

        Args:
            first_step: Number of the first step.
            indices: Example indices of each step, ``(steps, batches, batch)``.

        Returns:
            Logged values of the completed steps, ``(completed steps,)`` by name.
        """


class Device(Protocol):
    """Device of a training: one device, several of one machine, or those of several processes."""

    @property
    def kind(self) -> Literal["CPU", "GPU"]:
        """Device type."""

    @property
    def description(self) -> str:
        """Description for the log and the model card."""

    @property
    def jit_compile(self) -> bool:
        """Whether XLA compiles the step."""

    @property
    def replicas(self) -> int:
        """Number of devices among which a batch is split."""

    @property
    def processes(self) -> int:
        """Number of processes; all run the same program on the same data."""

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the results."""

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers must be built."""

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],
    ) -> CompiledSteps:
        """Returns steps that are compiled at their first call.

        Args:
            step: Function of one step.
            logged: Names of the values that it returns.
            variables: All variables that it reads or assigns.
            examples: Examples by name; arrays are copied to the device, stored pixels are read when they are needed.
            batches_shape: ``(batches per step, batch size)``; batches are split among replicas.
        """

    def all_reduce_sum(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; all processes must call it in the same order."""


@dataclass(frozen=True)
class FoundDevice:
    """A device of this machine, for reports.

    Args:
        name: Name in the backend.
        model: Product name, empty if unknown.
        memory: Memory in bytes, None if unknown.
        compute_capability: CUDA compute capability such as ``(9, 0)``; None for other devices or if unknown.
    """

    name: str
    model: str = ""
    memory: int | None = None
    compute_capability: tuple[int, int] | None = None


def check_equal_shards(batch_size: int, devices: int, section: str) -> None:
    """Checks that a batch can be split equally among devices.

    Raises:
        UserError: If it cannot.
    """
    if batch_size % devices:
        raise UserError(
            f"{section}.batch_size {batch_size} cannot be split equally among {devices} devices. "
            f"Use a multiple of {devices}."
        )


@contextmanager
def translate_lost_process(device: Device, errors: tuple[type[Exception], ...], signs: Sequence[str]) -> Iterator[None]:
    """Translates backend errors that are caused by the loss of another process.

    Args:
        device: The device; with one process, errors are not translated.
        errors: Backend error classes.
        signs: Parts of the messages of such errors.

    Raises:
        LostProcessError: If such an error is raised in the context.
    """
    try:
        yield
    except errors as error:
        text = str(error)
        if device.processes == 1 or not any(sign in text for sign in signs):
            raise
        message = next(line.strip() for line in text.splitlines() if any(sign in line for sign in signs))
        raise LostProcessError(
            f"Training ended because another of the {device.processes} processes was lost; see its log. Backend "
            f"error: {message} Start all processes again with the same command; training resumes from the last "
            "checkpoint."
        ) from error
