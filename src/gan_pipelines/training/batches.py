"""Which example comes when: a permutation for each epoch, and a place in it for each step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True)
class BatchOrder:
    """The order of the examples over a whole training, as a function of the step.

    Each epoch draws a new permutation; what does not fill a last step is left to the next epochs.

    Args:
        examples: How many there are.
        batch_size: Examples in a batch.
        batches_per_step: Batches that one step takes: more than one where a phase is repeated.
        seed: Decides the permutations.
        section: Where the user gives the batch size, for messages.

    Raises:
        UserError: There are fewer examples than one step needs.
    """

    examples: int
    batch_size: int
    batches_per_step: int
    seed: int
    section: str = "training"

    def __post_init__(self) -> None:
        needed = self.batch_size * self.batches_per_step
        if self.examples < needed:
            raise UserError(
                f"Training takes {needed:,} examples a step ({self.section}.batch_size {self.batch_size:,}), but only "
                f"{self.examples:,} are left to train on. Lower {self.section}.batch_size or give more."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Batches in a step, and examples in a batch."""
        return self.batches_per_step, self.batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which almost every example is seen once."""
        return self.examples // (self.batch_size * self.batches_per_step)

    def indices(self, first_step: int, steps: int) -> NDArray[np.int32]:
        """Returns the examples of some steps, ``(steps, batches_per_step, batch_size)``."""
        positions = range(first_step, first_step + steps)
        epochs = {step // self.steps_per_epoch for step in positions}
        orders = {epoch: self._order(epoch) for epoch in epochs}
        return np.stack([orders[step // self.steps_per_epoch][step % self.steps_per_epoch] for step in positions])

    def _order(self, epoch: int) -> NDArray[np.int32]:
        """Returns the examples of an epoch, ``(steps_per_epoch, batches_per_step, batch_size)``."""
        shape = (self.steps_per_epoch, self.batches_per_step, self.batch_size)
        order = random_generator(self.seed, "batch order", epoch).permutation(self.examples)
        return order[: np.prod(shape)].astype(np.int32).reshape(shape)
