"""Order of the training examples: a permutation per epoch, and a position in it per step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True)
class BatchOrder:
    """Order of the examples over a whole training, as a function of the step.

    Each epoch draws a new permutation; the remainder that does not fill a step is dropped.

    Args:
        examples: Number of training examples.
        batch_size: Examples per batch.
        batches_per_step: Batches per step; more than 1 if a phase is repeated.
        seed: Seed of the permutations.
        section: Parameter section with the batch size, for messages.

    Raises:
        UserError: If there are fewer examples than one step needs.
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
                f"A training step needs {needed:,} examples ({self.section}.batch_size {self.batch_size:,}), but only "
                f"{self.examples:,} are left for training. Lower {self.section}.batch_size or provide more examples."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """``(batches_per_step, batch_size)``."""
        return self.batches_per_step, self.batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Steps per epoch, rounded down."""
        return self.examples // (self.batch_size * self.batches_per_step)

    def indices(self, first_step: int, steps: int) -> NDArray[np.int32]:
        """Returns the example indices of consecutive steps, ``(steps, batches_per_step, batch_size)``."""
        positions = range(first_step, first_step + steps)
        epochs = {step // self.steps_per_epoch for step in positions}
        orders = {epoch: self._order(epoch) for epoch in epochs}
        return np.stack([orders[step // self.steps_per_epoch][step % self.steps_per_epoch] for step in positions])

    def _order(self, epoch: int) -> NDArray[np.int32]:
        """Returns the example indices of an epoch, ``(steps_per_epoch, batches_per_step, batch_size)``."""
        shape = (self.steps_per_epoch, self.batches_per_step, self.batch_size)
        order = random_generator(self.seed, "batch order", epoch).permutation(self.examples)
        return order[: np.prod(shape)].astype(np.int32).reshape(shape)
