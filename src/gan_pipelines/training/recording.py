"""Arrays recorded at chosen steps of a training, such as previews and the weights of the generator."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Recorder:
    """Records an array at chosen steps.

    Args:
        name: Name of the recording in checkpoints and in the result.
        moments: Steps after which to record; 0 is before the first step. The last step is always recorded.
        take: Computes the array from the current networks and the step; its shape must not change.
    """

    name: str
    moments: Collection[int]
    take: Callable[[int], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Recording:
    """Arrays of one recorder.

    Args:
        steps: Steps after which they were recorded, ascending, ``(times,)``.
        values: Recorded arrays, ``(times, ...)``.
    """

    steps: NDArray[np.int64]
    values: NDArray[Any]


class Recordings:
    """All arrays that the recorders of a training have recorded so far.

    Args:
        recorders: The recorders of the training.
    """

    def __init__(self, recorders: Collection[Recorder]) -> None:
        self._recorders = tuple(recorders)
        self._recorded: dict[str, dict[int, NDArray[Any]]] = {recorder.name: {} for recorder in recorders}

    def next_moment(self, step: int) -> int | None:
        """Returns the next step after which an array is recorded; None if there is none."""
        later = (moment for recorder in self._recorders for moment in recorder.moments if moment > step)
        return min(later, default=None)

    def take(self, step: int) -> None:
        """Records the arrays that are due after a step and not yet recorded."""
        for recorder in self._recorders:
            if step in recorder.moments and step not in self._recorded[recorder.name]:
                self._recorded[recorder.name][step] = recorder.take(step)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns all recorded arrays by name and step, for a checkpoint."""
        return {
            f"{name}/{step:09d}": values
            for name, recorded in self._recorded.items()
            for step, values in recorded.items()
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Restores the output of `arrays`."""
        for recorded in self._recorded.values():
            recorded.clear()
        for path, values in arrays.items():
            name, _, step = path.partition("/")
            self._recorded[name][int(step)] = values

    def finish(self, step: int) -> dict[str, Recording]:
        """Returns all recordings by recorder, including the last step.

        The last step's is not stored, because a longer training would not record it.
        """
        finished = {}
        for recorder in self._recorders:
            recorded = self._recorded[recorder.name]
            if step not in recorded:
                recorded = recorded | {step: recorder.take(step)}
            steps = np.array(sorted(recorded), np.int64)
            finished[recorder.name] = Recording(steps, np.stack([recorded[each] for each in steps.tolist()]))
        return finished
