"""How near generated points of a plane are to a curve, and how alike two sets of points are."""

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1024
"""Rows of a matrix of distances that are held at a time."""

_BINS = 50


def mean_curve_error(points: NDArray[np.floating]) -> float:
    """Returns the mean of |y - x²| over points ``(points, 2)``, in the unit of y."""
    x, y = _plane(points, "points").T
    return float(np.abs(y - x**2).mean())


def covered_share(x: NDArray[np.floating], low: float, high: float) -> float:
    """Returns the share of 50 equal parts of [low, high] in which at least one x lies, in [0, 1].

    Args:
        x: ``(points,)``; with fewer than some hundred points, parts stay empty by chance.
        low: Where the first part begins.
        high: Where the last part ends.
    """
    counts, _ = np.histogram(x, bins=_BINS, range=(low, high))
    return float(np.count_nonzero(counts) / _BINS)


def energy_distance(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Returns 2 E|X - Y| - E|X - X'| - E|Y - Y'|, 0 only for equal distributions.

    Székely and Rizzo, "Energy statistics: A class of statistics based on distances", 2013; the form that never is
    negative, in which each point is also compared with itself.

    Args:
        first: ``(points, coordinates)``.
        second: ``(other points, coordinates)``.

    Raises:
        ValueError: A set is empty, not finite, or of another number of coordinates.
    """
    x, y = _plane(first, "first points"), _plane(second, "second points")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"The points have {x.shape[1]} and {y.shape[1]} coordinates; both must have the same number.")
    return 2 * _mean_distance(x, y) - _mean_distance(x, x) - _mean_distance(y, y)


def _mean_distance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    total = 0.0
    for start in range(0, len(x), _CHUNK):
        differences = x[start : start + _CHUNK, np.newaxis] - y[np.newaxis]
        total += float(np.sqrt((differences**2).sum(axis=-1)).sum())
    return total / (len(x) * len(y))


def _plane(points: NDArray[np.floating], name: str) -> NDArray[np.float64]:
    if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
        raise ValueError(f"The {name} must be finite numbers of the shape (points, coordinates), not {points.shape}.")
    return points.astype(np.float64)
