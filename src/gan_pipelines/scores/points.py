"""Distance of points in the plane from a curve, and energy distance between two sets of points."""

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1024
"""Maximum number of rows of a distance matrix in memory."""

_BINS = 50


def mean_curve_error(points: NDArray[np.floating]) -> float:
    """Returns the mean of |y - x²| over points ``(points, 2)``, in the unit of y."""
    x, y = _checked(points, "points").T
    return float(np.abs(y - x**2).mean())


def covered_fraction(x: NDArray[np.floating], low: float, high: float) -> float:
    """Returns the fraction of 50 equal bins of [low, high] that contain at least one x, in [0, 1].

    Args:
        x: ``(points,)``; with fewer than a few hundred points, bins may be empty by chance.
        low: Start of the first bin.
        high: End of the last bin.
    """
    counts, _ = np.histogram(x, bins=_BINS, range=(low, high))
    return float(np.count_nonzero(counts) / _BINS)


def energy_distance(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Returns 2 E|X - Y| - E|X - X'| - E|Y - Y'|, 0 only for equal distributions.

    Székely and Rizzo, "Energy statistics: A class of statistics based on distances", 2013; the V-statistic, which
    includes the pair of each point with itself and is never negative.

    Args:
        first: ``(points, coordinates)``.
        second: ``(other points, coordinates)``.

    Raises:
        ValueError: If a set is empty or not finite, or the sets differ in their number of coordinates.
    """
    x, y = _checked(first, "first points"), _checked(second, "second points")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"The points have {x.shape[1]} and {y.shape[1]} coordinates; both must have the same number.")
    return 2 * _mean_distance(x, y) - _mean_distance(x, x) - _mean_distance(y, y)


def _mean_distance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    total = 0.0
    for start in range(0, len(x), _CHUNK):
        differences = x[start : start + _CHUNK, np.newaxis] - y[np.newaxis]
        total += float(np.sqrt((differences**2).sum(axis=-1)).sum())
    return total / (len(x) * len(y))


def _checked(points: NDArray[np.floating], name: str) -> NDArray[np.float64]:
    if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
        raise ValueError(f"The {name} must be finite numbers of the shape (points, coordinates), not {points.shape}.")
    return points.astype(np.float64)
