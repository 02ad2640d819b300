"""Training history as a table of limited length."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gan_pipelines.training.pace import Pace


def history_table(
    logs: Mapping[str, NDArray[np.float32]],
    pace: Pace,
    measurements: Mapping[str, Mapping[int, float]] | None = None,
    rows: int = 1000,
) -> pd.DataFrame:
    """Averages the logs of all steps over equal windows.

    Args:
        logs: Losses and metrics by name, ``(steps,)``.
        pace: Examples per step and steps per epoch.
        measurements: Validation values by step, by name; NaN in windows without one.
        rows: Maximum number of rows.

    Returns:
        Columns ``step`` (last of the window), ``epoch``, ``examples_seen``, then one per log and measurement.
    """
    steps = len(next(iter(logs.values())))
    window = max(1, math.ceil(steps / rows))
    starts = np.arange(0, steps, window)
    ends = np.minimum(starts + window, steps)
    table = {"step": ends, "epoch": pace.epochs(ends), "examples_seen": pace.examples_seen(ends)}
    means = {
        name: np.add.reduceat(values.astype(np.float64), starts) / (ends - starts) for name, values in logs.items()
    }
    measured = {name: np.full(len(ends), np.nan) for name in measurements or {}}
    for name, values in (measurements or {}).items():
        measured[name][np.searchsorted(ends, [*values])] = [*values.values()]
    return pd.DataFrame(table | means | measured)
