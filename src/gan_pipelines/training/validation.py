"""Validation during training: the best weights are kept, and training stops if there is no improvement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.configured_keras import keras


@dataclass(frozen=True)
class Validation:
    """Metric on data that is not trained on.

    Args:
        name: Name of the metric in progress lines and messages.
        measure: Computes the metric from the current networks; lower is better.
        networks: Networks whose weights are kept at the best value, by name.
        every: Interval of measurements in steps; one more is taken after the last step.
        patience: Number of measurements without improvement after which training stops. Default: no early stopping.
    """

    name: str
    measure: Callable[[], float]
    networks: Mapping[str, keras.Model]
    every: int
    patience: int | None = None

    def next_stop(self, step: int) -> int:
        """Returns the next step after which a measurement is due."""
        return (step // self.every + 1) * self.every


@dataclass
class Measurements:
    """Validation values so far, and the best weights.

    Args:
        values: Metric by step, in the order of measurement.
        best_step: Step of the lowest value; the first one if several are equal.
        best_weights: Weights after that step, by network, as for `keras.Model.set_weights`.
    """

    values: dict[int, float] = field(default_factory=dict)
    best_step: int | None = None
    best_weights: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)

    def take(self, validation: Validation, step: int) -> None:
        """Computes the metric, and keeps the weights if its value is the lowest so far."""
        value = validation.measure()
        is_best = self.best_step is None or value < self.values[self.best_step]
        self.values[step] = value
        if is_best:
            self.best_step = step
            self.best_weights = {name: network.get_weights() for name, network in validation.networks.items()}

    def are_exhausted(self, patience: int | None) -> bool:
        """Returns whether the last ``patience`` measurements brought no improvement."""
        if patience is None or self.best_step is None:
            return False
        return len(self.values) - 1 - list(self.values).index(self.best_step) >= patience

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns all values and weights by path, for a checkpoint."""
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
        """Restores the output of `arrays`."""
        if not arrays:
            return cls()
        weights: dict[str, list[NDArray[np.float32]]] = {}
        for path in sorted(arrays):
            if path.startswith("best/"):
                weights.setdefault(path.split("/")[1], []).append(arrays[path])
        values = dict(zip(arrays["steps"].tolist(), arrays["values"].tolist(), strict=True))
        return cls(values, int(arrays["best_step"]), weights)
