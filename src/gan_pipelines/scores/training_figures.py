"""How the numbers that a training logged began, ended, and how far they went."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LAST_SHARE = 0.1


def training_figures(columns: Mapping[str, NDArray[np.floating[Any]]]) -> dict[str, dict[str, float | None]]:
    """Returns what a claim can be made of, for each number that was logged.

    Args:
        columns: Of the history, each ``(rows,)``, finite; a row is the mean over a window of steps.

    Returns:
        By name: ``start``, the first row; ``end``, the mean of the last tenth of the rows; the ``smallest`` and
        ``largest`` row; ``end_times_start`` and ``end_times_largest``, quotients, None where the divisor is 0.
    """
    return {name: _figures(values) for name, values in columns.items()}


def _figures(values: NDArray[np.floating[Any]]) -> dict[str, float | None]:
    rows = max(1, round(_LAST_SHARE * len(values)))
    start, end = float(values[0]), float(np.mean(values[-rows:], dtype=np.float64))
    largest = float(values.max())
    return {
        "start": start,
        "end": end,
        "smallest": float(values.min()),
        "largest": largest,
        "end_times_start": end / start if start else None,
        "end_times_largest": end / largest if largest else None,
    }
