"""What was logged, as a table of readable length."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def history_table(
    logs: Mapping[str, NDArray[np.float32]],
    examples_per_step: int,
    steps_per_epoch: int,
    measurements: Mapping[str, Mapping[int, float]] | None = None,
    rows: int = 1000,
) -> pd.DataFrame:
    """Averages every step's numbers over equal windows.

    Args:
        logs: Losses and figures by name, ``(steps,)``.
        examples_per_step: Examples that a step takes.
        steps_per_epoch: Steps in which almost every example is seen once.
        measurements: What was measured now and then: values by step, by name. Windows without one hold no value.
        rows: The table has at most this many.

    Returns:
        Columns ``step`` (the window's last), ``epoch``, ``examples_seen``, then one for each log.
    """
    steps = len(next(iter(logs.values())))
    window = max(1, math.ceil(steps / rows))
    starts = np.arange(0, steps, window)
    ends = np.minimum(starts + window, steps)
    table = {"step": ends, "epoch": ends / steps_per_epoch, "examples_seen": ends * examples_per_step}
    means = {
        name: np.add.reduceat(values.astype(np.float64), starts) / (ends - starts) for name, values in logs.items()
    }
    measured = {name: np.full(len(ends), np.nan) for name in measurements or {}}
    for name, values in (measurements or {}).items():
        measured[name][np.searchsorted(ends, [*values])] = [*values.values()]
    return pd.DataFrame(table | means | measured)
