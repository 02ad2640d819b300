"""What both sides of the seam to a backend speak of: keys of randomness, losses, learners, and devices."""

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
"""A tensor of the backend; Keras has no type for it that checkers know."""

Step = Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, Tensor]]
"""From a step's number (integer scalar tensor) and its batches, each ``(batches, batch, ...)`` by name, to numbers to
be logged, by name."""


@dataclass(frozen=True)
class Key:
    """What randomness inside a step depends on.

    Args:
        seed: The training's seed.
        step: The step as an integer scalar tensor, so that the compiled step is traced once.
        scope: Sets apart the phases of a step and their repeats.
    """

    seed: int
    step: Tensor
    scope: str = ""

    def within(self, scope: str) -> "Key":
        """Returns a key whose streams are apart from those of other scopes."""
        return Key(self.seed, self.step, f"{self.scope}/{scope}")


@dataclass(frozen=True)
class LazyTerm:
    """A part of a player's loss that is computed at every so many steps alone, and counts that many times then.

    Args:
        name: Names its mean among the figures; 0 at steps that leave it out.
        player: Whose loss it belongs to.
        interval: It is computed at steps that are multiples of this.
        step: The present step, an integer scalar tensor.
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


@dataclass(frozen=True)
class Learner:
    """What a player's loss is differentiated by.

    Args:
        variables: What the player may move.
        scale_loss: Multiplies the loss before it is differentiated, for numbers of few bits; its optimizer divides.
    """

    variables: Sequence[keras.Variable]
    scale_loss: Callable[[Tensor], Tensor]


class CompiledSteps(Protocol):
    """Many steps in one call, which ends early when a logged number stops being finite."""

    def stop(self) -> None:
        """Ends the call under way as soon as may be, and keeps later calls from starting; from any thread."""

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs steps from ``first_step`` on.

        Args:
            first_step: The number of the first step.
            indices: Examples of each step ``(steps, batches, batch)``.

        Returns:
            The logged numbers of the steps that ran, ``(steps that ran,)`` by name.
        """


class Device(Protocol):
    """Where training runs: one device, several of one machine, or those of several processes."""

    @property
    def kind(self) -> Literal["CPU", "GPU"]:
        """What computes."""

    @property
    def description(self) -> str:
        """For the log and the model card."""

    @property
    def jit_compile(self) -> bool:
        """Whether XLA compiles the step."""

    @property
    def replicas(self) -> int:
        """Devices that share a batch."""

    @property
    def processes(self) -> int:
        """Processes that train together; each runs the same program on the same data."""

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""

    def scope(self) -> AbstractContextManager[Any]:
        """Returns the context in which networks and optimizers are made."""

    def compile_steps(
        self,
        step: Step,
        logged: Sequence[str],
        variables: Sequence[keras.Variable],
        examples: Mapping[str, Examples],
        batches_shape: tuple[int, int],
    ) -> CompiledSteps:
        """Prepares steps, which are compiled at their first call.

        Args:
            step: What one step does.
            logged: The names of the numbers that it returns.
            variables: All that it reads and changes.
            examples: By name; those in memory are put on the device, stored ones are read as they are needed.
            batches_shape: Batches in a step, and examples in a batch; batches are shared out among replicas.
        """

    def total(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the sum of integers over all processes; each must call this, in the same order."""


@dataclass(frozen=True)
class FoundDevice:
    """A device of this machine, as a report shows it.

    Args:
        name: As the backend calls it.
        model: The maker's name, where it is known.
        memory: Bytes, where they are known.
        compute_capability: What NVIDIA says it can do, such as ``(9, 0)``; None for what others made.
    """

    name: str
    model: str = ""
    memory: int | None = None
    compute_capability: tuple[int, int] | None = None


def check_shares(batch_size: int, devices: int, section: str) -> None:
    """Makes sure that devices can share a batch equally.

    Raises:
        UserError: They cannot.
    """
    if batch_size % devices:
        raise UserError(
            f"{section}.batch_size {batch_size} cannot be shared equally among {devices} devices. "
            f"Take a multiple of {devices}."
        )


@contextmanager
def told_as_lost(device: Device, errors: tuple[type[Exception], ...], signs: Sequence[str]) -> Iterator[None]:
    """Tells an error of the backend's as the loss of another process, where that is what it means.

    Args:
        device: Alone, it has nobody to lose.
        errors: Classes of the backend's errors.
        signs: One of these stands in the message of such an error.

    Raises:
        LostProcessError: Such an error came.
    """
    try:
        yield
    except errors as error:
        text = str(error)
        if device.processes == 1 or not any(sign in text for sign in signs):
            raise
        told = next(line.strip() for line in text.splitlines() if any(sign in line for sign in signs))
        raise LostProcessError(
            f"Training ended because another of the {device.processes} processes was lost; look at its log. The "
            f"backend says: {told} Start all processes again with the same command; training goes on from its last "
            "checkpoint."
        ) from error
