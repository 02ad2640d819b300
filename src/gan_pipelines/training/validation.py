"""Measuring a model while it trains, keeping its best weights, and stopping where it no longer improves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.configured_keras import keras


@dataclass(frozen=True)
class Validation:
    """What is measured on data that training does not see.

    Args:
        name: Names the measurement in the training in progress and messages.
        measure: Returns a number of the present networks; lower is better.
        networks: Whose weights are kept at the best measurement, by name.
        every: Distance of measurements, in steps; one more is taken at the end.
        patience: After so many measurements without a new best training ends; None never ends it early.
    """

    name: str
    measure: Callable[[], float]
    networks: Mapping[str, keras.Model]
    every: int
    patience: int | None = None

    def next_stop(self, step: int) -> int:
        """Returns the next step after which there is something to measure."""
        return (step // self.every + 1) * self.every


@dataclass
class Measurements:
    """What was measured so far, and the weights at its best.

    Args:
        values: Measurements by step, in the order they were taken.
        best_step: The step of the lowest; of equal ones, the first.
        best_weights: The weights after that step, by network, as `keras.Model.set_weights` takes them.
    """

    values: dict[int, float] = field(default_factory=dict)
    best_step: int | None = None
    best_weights: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)

    def take(self, validation: Validation, step: int) -> None:
        """Measures, and keeps the weights if they are the best so far."""
        value = validation.measure()
        is_best = self.best_step is None or value < self.values[self.best_step]
        self.values[step] = value
        if is_best:
            self.best_step = step
            self.best_weights = {name: network.get_weights() for name, network in validation.networks.items()}

    def are_exhausted(self, patience: int | None) -> bool:
        """Says whether the last ``patience`` measurements brought no new best."""
        if patience is None or self.best_step is None:
            return False
        return len(self.values) - 1 - list(self.values).index(self.best_step) >= patience

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns everything, by path, as a checkpoint holds it."""
        if self.best_step is None:
            return {}
        weights = {
            f"best/{name}/{number:04d}": values
            for name, network in self.best_weights.items()
            for number, values in enumerate(network)
        }
        steps, values = np.array([*self.values], np.int64), np.array([*self.values.values()], np.float64)
        return {"steps": steps, "values": values, "best_step": np.array(self.best_step, np.int64), **weights}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Measurements":
        """Returns what `arrays` gave."""
        if not arrays:
            return cls()
        weights: dict[str, list[NDArray[np.float32]]] = {}
        for path in sorted(arrays):
            if path.startswith("best/"):
                weights.setdefault(path.split("/")[1], []).append(arrays[path])
        values = dict(zip(arrays["steps"].tolist(), arrays["values"].tolist(), strict=True))
        return cls(values, int(arrays["best_step"]), weights)
