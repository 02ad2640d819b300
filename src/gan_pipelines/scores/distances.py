"""Squared Euclidean distances between two sets of features, computed in chunks of rows.

They are |a|² + |b|² - 2 a · b with one matrix product per chunk, which is fast but cancels for nearly equal samples;
those few pairs are recomputed from a - b. So a copy has a distance of exactly 0, and every squared distance a relative
error far below ``TIE``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIE = 1e-9
"""Relative difference below which squared distances count as equal."""

_CHUNK = 512
"""Maximum number of rows of a distance or kernel matrix in memory."""

_DISTANCES = 2**25
"""Maximum number of distances in memory, 256 MiB; with many columns, it reduces the rows per chunk."""

_NEAR = 1e-4
"""Squared distances below this fraction of |a|² + |b|² have lost too many digits to cancellation."""

_DIFFERENCES = 2**21
"""Maximum number of coordinates in memory while near pairs are recomputed."""


@dataclass(frozen=True, eq=False)
class NearestNeighbours:
    """Nearest neighbour of each sample.

    Args:
        indices: Index of the neighbour, ``(samples,)``; the first in case of a tie.
        squared_distances: Squared distance to it, ``(samples,)``, in squared units of the features.
    """

    indices: NDArray[np.intp]
    squared_distances: NDArray[np.float64]


def checked_features(
    *features: NDArray[np.generic], names: tuple[str, ...], at_least: int = 1
) -> list[NDArray[np.float64]]:
    """Returns sets of features in float64, after validation.

    Args:
        features: Each ``(samples, dimensions)``, of any real dtype.
        names: Names of the sets in error messages.
        at_least: Minimum number of samples of each set.

    Raises:
        ValueError: If a set is not a matrix, has too few samples or values that are not finite, or the sets differ in
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
    """Yields slices that cover the rows of a matrix; each chunk fits into memory."""
    size = max(1, min(_CHUNK, _DISTANCES // max(1, columns)))
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def squared_distances(
    rows: NDArray[np.float64], columns: NDArray[np.float64], own: NDArray[np.intp] | None = None
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yields the squared Euclidean distances of rows to columns, one chunk of rows at a time.

    Args:
        rows: ``(samples, dimensions)``.
        columns: ``(other samples, dimensions)``.
        own: Column of the same sample as each row, ``(samples,)``; its distance is set to infinity. Default: none.

    Yields:
        The slice of rows, and their distances ``(rows of the slice, other samples)``.
    """
    # Norms relative to a central point cancel less. A sample is a better centre than the mean if most are equal.
    offsets = columns - columns.mean(axis=0)
    centre = columns[_squared_norms(offsets).argmin()]
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
    """Returns the squared distance of each sample to its k-th nearest neighbour, ``(samples,)``.

    Args:
        features: ``(samples, dimensions)``.
        k: Rank of the neighbour, >= 1.
        name: Name of the features in error messages.

    Raises:
        ValueError: If k < 1 or there are fewer than k other samples.
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
    """Returns the nearest column of each row; the arguments are as in ``squared_distances``."""
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
    if invalid := values.size - int(np.count_nonzero(np.isfinite(values))):
        raise ValueError(f"{invalid:,} of {values.size:,} values of the {name} are not finite.")
    return values


def _squared_norms(features: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ij,ij->i", features, features))


def _near_distances(
    rows: NDArray[np.float64], columns: NDArray[np.float64], left: NDArray[np.intp], right: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Returns the squared distances of pairs of a row and a column, ``(pairs,)``, computed from a - b."""
    distances = np.empty(len(left))
    pairs = max(1, _DIFFERENCES // rows.shape[1])
    for start in range(0, len(left), pairs):
        part = slice(start, start + pairs)
        distances[part] = _squared_norms(rows[left[part]] - columns[right[part]])
    return distances
