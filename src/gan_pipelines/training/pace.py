"""Examples per step and steps per epoch of a training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64] | int


@dataclass(frozen=True)
class Pace:
    """Examples per step and steps per epoch of a training, or of its stages one after the other.

    Args:
        examples_per_step: Of each stage.
        steps_per_epoch: Of each stage; an incomplete last step of an epoch is dropped.
        stage_starts: Step at which each stage starts, the first at 0.
    """

    examples_per_step: tuple[int, ...]
    steps_per_epoch: tuple[int, ...]
    stage_starts: tuple[int, ...] = (0,)

    def examples_seen(self, steps: Steps) -> NDArray[np.int64]:
        """Returns the number of examples seen after each of these steps."""
        return np.asarray(self._lengths(steps) @ np.array(self.examples_per_step))

    def epochs(self, steps: Steps) -> NDArray[np.float64]:
        """Returns the number of epochs after each of these steps."""
        return np.asarray((self._lengths(steps) / np.array(self.steps_per_epoch)).sum(axis=-1))

    def then(self, later: "Pace", steps: int) -> "Pace":
        """Returns the pace of a training of ``steps`` steps at this pace, followed by one at a later pace."""
        return Pace(
            self.examples_per_step + later.examples_per_step,
            self.steps_per_epoch + later.steps_per_epoch,
            self.stage_starts + tuple(steps + start for start in later.stage_starts),
        )

    def _lengths(self, steps: Steps) -> NDArray[np.int64]:
        """Returns the steps in each stage up to each of these steps, ``(..., stages)``."""
        starts = np.array(self.stage_starts)
        ends = np.append(starts[1:], np.iinfo(np.int64).max)
        return np.asarray(np.clip(np.asarray(steps)[..., None], starts, ends) - starts, np.int64)
