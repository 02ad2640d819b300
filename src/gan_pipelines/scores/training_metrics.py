"""Summary metrics of the columns logged during a training."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LAST_FRACTION = 0.1


def training_metrics(columns: Mapping[str, NDArray[np.floating[Any]]]) -> dict[str, dict[str, float | None]]:
    """Returns start, end and range of each logged column.

    Args:
        columns: Columns of the history, each ``(rows,)``, finite; a row is the mean over a window of steps.

    Returns:
        By name: ``start``, the first row; ``end``, the mean of the last tenth of the rows; the ``smallest`` and
        ``largest`` row; ``end_to_start_ratio`` and ``end_times_largest``, quotients, None if the divisor is 0.
    """
    return {name: _metrics(values) for name, values in columns.items()}


def _metrics(values: NDArray[np.floating[Any]]) -> dict[str, float | None]:
    rows = max(1, round(_LAST_FRACTION * len(values)))
    start, end = float(values[0]), float(np.mean(values[-rows:], dtype=np.float64))
    largest = float(values.max())
    return {
        "start": start,
        "end": end,
        "smallest": float(values.min()),
        "largest": largest,
        "end_to_start_ratio": end / start if start else None,
        "end_times_largest": end / largest if largest else None,
    }
