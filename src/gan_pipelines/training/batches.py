"""Order of the training examples: a permutation per epoch, and a position in it per step."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.training.randomness import random_generator


class Order(Protocol):
    """Order of the examples over a whole training, as a function of the step."""

    @property
    def batch_size(self) -> int:
        """Examples per batch; pairs of them if a batch has two domains."""

    @property
    def batches_per_step(self) -> int:
        """Batches per step; more than 1 if a phase is repeated."""

    @property
    def shape(self) -> tuple[int, int]:
        """Batches per step, and indices per batch."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps per epoch, rounded down."""

    def indices(self, first_step: int, steps: int) -> NDArray[np.int32]:
        """Returns the example indices of consecutive steps, ``(steps, *shape)``."""


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
        _check_count(self.examples, self.batch_size * self.batches_per_step, self.batch_size, self.section)

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


@dataclass(frozen=True)
class InterleavedOrder:
    """Order of the examples of two domains, in batches a0, b0, a1, b1, ... of one array that holds both.

    Each domain has permutations of its own, so that any two examples can meet; the examples of the smaller domain are
    repeated sooner. Devices that share a batch get whole pairs.

    Args:
        domains: Indices of the examples of each domain, ``(examples,)``.
        batch_size: Pairs per batch.
        batches_per_step: Batches per step.
        seed: Seed of the permutations.

    Raises:
        UserError: If a domain has fewer examples than one step needs.
    """

    domains: tuple[NDArray[np.integer], NDArray[np.integer]]
    batch_size: int
    batches_per_step: int
    seed: int

    def __post_init__(self) -> None:
        fewest = min(len(domain) for domain in self.domains)
        _check_count(fewest, self.batch_size * self.batches_per_step, self.batch_size, "training")

    @property
    def shape(self) -> tuple[int, int]:
        """``(batches_per_step, 2 * batch_size)``."""
        return self.batches_per_step, 2 * self.batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Steps per pass over the larger domain, rounded down."""
        return max(len(domain) for domain in self.domains) // (self.batch_size * self.batches_per_step)

    def indices(self, first_step: int, steps: int) -> NDArray[np.int32]:
        """Returns the example indices of consecutive steps, ``(steps, batches_per_step, 2 * batch_size)``."""
        per_step = self.batch_size * self.batches_per_step
        positions = np.arange(first_step * per_step, (first_step + steps) * per_step)
        members = [self._members(number, positions) for number in range(len(self.domains))]
        return np.stack(members, axis=-1).astype(np.int32).reshape(steps, *self.shape)

    def _members(self, number: int, positions: NDArray[np.int64]) -> NDArray[np.integer]:
        """Returns the examples of one domain at these positions of its endless sequence of permutations."""
        domain = self.domains[number]
        epochs, places = np.divmod(positions, len(domain))
        orders = {
            epoch: random_generator(self.seed, f"batch order of domain {number}", epoch).permutation(domain)
            for epoch in np.unique(epochs).tolist()
        }
        return np.array([orders[epoch][place] for epoch, place in zip(epochs.tolist(), places.tolist(), strict=True)])


def _check_count(examples: int, needed: int, batch_size: int, section: str) -> None:
    if examples < needed:
        raise UserError(
            f"A training step needs {needed:,} examples ({section}.batch_size {batch_size:,}), but only "
            f"{examples:,} are left for training. Lower {section}.batch_size or provide more examples."
        )
