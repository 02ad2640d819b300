"""What is taken down at chosen moments of a training: previews, and the weights of the generator."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Recorder:
    """Takes down an array now and then.

    Args:
        name: Names what is taken in checkpoints and in the result.
        moments: After which steps; 0 is before the first. The end is always taken.
        take: Returns the array, of the same shape each time, made from the networks as they are.
    """

    name: str
    moments: Collection[int]
    take: Callable[[], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Recording:
    """What a recorder took.

    Args:
        steps: The steps after which it did, rising, ``(times,)``.
        values: What it took, ``(times, ...)``.
    """

    steps: NDArray[np.int64]
    values: NDArray[Any]


class Recordings:
    """What the recorders of a training have taken so far.

    Args:
        recorders: Who takes what, and when.
    """

    def __init__(self, recorders: Collection[Recorder]) -> None:
        self._recorders = tuple(recorders)
        self._taken: dict[str, dict[int, NDArray[Any]]] = {recorder.name: {} for recorder in recorders}

    def next_moment(self, step: int) -> int | None:
        """Returns the next step after which something is taken."""
        later = (moment for recorder in self._recorders for moment in recorder.moments if moment > step)
        return min(later, default=None)

    def take(self, step: int) -> None:
        """Takes what is due after a step and not there yet."""
        for recorder in self._recorders:
            if step in recorder.moments and step not in self._taken[recorder.name]:
                self._taken[recorder.name][step] = recorder.take()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns all that was taken, by name and step, for a checkpoint."""
        return {f"{name}/{step:09d}": values for name, taken in self._taken.items() for step, values in taken.items()}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Goes back to what `arrays` once returned."""
        for taken in self._taken.values():
            taken.clear()
        for path, values in arrays.items():
            name, _, step = path.partition("/")
            self._taken[name][int(step)] = values

    def finish(self, step: int) -> dict[str, Recording]:
        """Returns everything by recorder; the end is taken too, but not kept: a longer training would not have it."""
        finished = {}
        for recorder in self._recorders:
            taken = self._taken[recorder.name]
            if step not in taken:
                taken = taken | {step: recorder.take()}
            steps = np.array(sorted(taken), np.int64)
            finished[recorder.name] = Recording(steps, np.stack([taken[each] for each in steps.tolist()]))
        return finished
