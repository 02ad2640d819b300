"""Distances between the samples of two sets of features, a chunk of rows at a time.

Squared distances come from the product of the two sets, which is fast but cancels where two samples are nearly the
same; those few pairs are computed anew from their difference. So a copy has a distance of exactly 0, and every squared
distance a relative error far below ``TIE``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIE = 1e-9
"""Squared distances that differ by less than this share of themselves count as equal."""

_CHUNK = 512
"""Rows of a matrix of distances, or of a kernel, that are held at a time."""

_DISTANCES = 2**25
"""No more distances, 256 MiB, are held at a time where there are many columns."""

_NEAR = 1e-4
"""Below this share of the squared norms, rounding takes too many digits from a squared distance."""

_DIFFERENCES = 2**21
"""Numbers that are held at a time while near pairs are computed anew."""


@dataclass(frozen=True, eq=False)
class NearestNeighbours:
    """For each sample, the nearest of other samples.

    Args:
        indices: Which one it is, ``(samples,)``; the first of equally near ones.
        squared_distances: How far away it is, ``(samples,)``, in squared units of the features.
    """

    indices: NDArray[np.intp]
    squared_distances: NDArray[np.float64]


def checked_features(
    *features: NDArray[np.generic], names: tuple[str, ...], at_least: int = 1
) -> list[NDArray[np.float64]]:
    """Returns sets of features in float64.

    Args:
        features: Each ``(samples, dimensions)``, of any real dtype.
        names: What error messages call them.
        at_least: How many samples each must have.

    Raises:
        ValueError: A set is not a matrix, has too few samples or values that are not finite, or the sets differ in
            their dimensions.
    """
    checked = [_checked(each, name, at_least) for each, name in zip(features, names, strict=True)]
    for each, name in zip(checked[1:], names[1:], strict=True):
        if each.shape[1] != checked[0].shape[1]:
            raise ValueError(
                f"The {names[0]} have {checked[0].shape[1]:,} dimensions and the {name} {each.shape[1]:,}; "
                "all must come from the same layer of the same network."
            )
    return checked


def row_chunks(rows: int, columns: int = 1) -> Iterator[slice]:
    """Yields slices that divide the rows of so many columns into parts of a size that memory bears."""
    size = max(1, min(_CHUNK, _DISTANCES // max(1, columns)))
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def squared_distances(
    rows: NDArray[np.float64], columns: NDArray[np.float64], own: NDArray[np.intp] | None = None
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yields the squared Euclidean distances of some rows to all columns, until every row has had its turn.

    Args:
        rows: ``(samples, dimensions)``.
        columns: ``(other samples, dimensions)``.
        own: The column that each row is itself, ``(samples,)``; it is infinitely far away.

    Yields:
        Which rows they are, and ``(some rows, other samples)``.
    """
    # Norms about a point amid the samples cancel less. A sample serves better than the mean where most are the same.
    away = columns - columns.mean(axis=0)
    centre = columns[_squared_norms(away).argmin()]
    centred = columns - centre
    column_norms = _squared_norms(centred)
    for chunk in row_chunks(len(rows), len(columns)):
        centred_rows = rows[chunk] - centre
        norms = _squared_norms(centred_rows)[:, np.newaxis] + column_norms
        squares = centred_rows @ centred.T
        squares *= -2
        squares += norms
        norms *= _NEAR
        near = np.nonzero(squares < norms)
        squares[near] = _near_distances(rows[chunk], columns, *near)
        if own is not None:
            squares[np.arange(len(squares)), own[chunk]] = np.inf
        yield chunk, squares


def neighbour_distances(features: NDArray[np.float64], k: int, name: str = "features") -> NDArray[np.float64]:
    """Returns the squared distance of each sample to its k-th nearest other, ``(samples,)``.

    Args:
        features: ``(samples, dimensions)``.
        k: From 1 on.
        name: What error messages call the features.

    Raises:
        ValueError: There are fewer than k others.
    """
    if not 1 <= k < len(features):
        raise ValueError(f"k must be from 1 to the number of {name} - 1; it is {k:,} and there are {len(features):,}.")
    distances = np.empty(len(features))
    for chunk, squares in squared_distances(features, features, own=np.arange(len(features))):
        squares.partition(k - 1, axis=1)
        distances[chunk] = squares[:, k - 1]
    return distances


def nearest_neighbours(
    rows: NDArray[np.float64], columns: NDArray[np.float64], own: NDArray[np.intp] | None = None
) -> NearestNeighbours:
    """Returns the nearest column of each row; the arguments are those of ``squared_distances``."""
    indices, distances = np.empty(len(rows), np.intp), np.empty(len(rows))
    for chunk, squares in squared_distances(rows, columns, own):
        indices[chunk] = squares.argmin(axis=1)
        distances[chunk] = squares.min(axis=1)
    return NearestNeighbours(indices, distances)


def _checked(features: NDArray[np.generic], name: str, at_least: int) -> NDArray[np.float64]:
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"The {name} must have the shape (samples, dimensions), not {features.shape}.")
    if len(features) < at_least:
        raise ValueError(f"At least {at_least:,} samples are needed; the {name} hold {len(features):,}.")
    values = np.asarray(features, dtype=np.float64)
    if bad := values.size - int(np.count_nonzero(np.isfinite(values))):
        raise ValueError(f"{bad:,} of {values.size:,} values of the {name} are not finite.")
    return values


def _squared_norms(features: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ij,ij->i", features, features))


def _near_distances(
    rows: NDArray[np.float64], columns: NDArray[np.float64], left: NDArray[np.intp], right: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Returns the squared distances of pairs of a row and a column, ``(pairs,)``, from their differences."""
    distances = np.empty(len(left))
    pairs = max(1, _DIFFERENCES // rows.shape[1])
    for start in range(0, len(left), pairs):
        part = slice(start, start + pairs)
        distances[part] = _squared_norms(rows[left[part]] - columns[right[part]])
    return distances
