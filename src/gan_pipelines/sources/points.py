"""Sources of 2D points: a parabola, or the rows of a CSV file."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.point_parameters import PointsParameters
from gan_pipelines.training.randomness import random_generator

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("x", "y")
_HALF_WIDTH = 0.5
_MAXIMUM_BYTES = 2**28
_MINIMUM_POINTS = 100


def read_points(parameters: PointsParameters) -> NDArray[np.float32]:
    """Reads or generates points ``(points, 2)``.

    Raises:
        UserError: If the file is missing, too large or not CSV, lacks a column, has values that are not finite numbers,
            or has too few rows.
    """
    if parameters.path is None:
        return parabola(parameters.count, parameters.seed)
    return _from_csv(Path(parameters.path).expanduser())


def parabola(count: int, seed: int) -> NDArray[np.float32]:
    """Returns points (x, x²) with x uniform in [-0.5, 0.5], ``(count, 2)``.

    "The TensorFlow Workshop", chapter 11.
    """
    x = random_generator(seed, "parabola").uniform(-_HALF_WIDTH, _HALF_WIDTH, count).astype(np.float32)
    return np.stack([x, x**2], axis=1)


def split_points(
    points: NDArray[np.float32], heldout_fraction: float, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Splits points into training and held-out points, at least one each."""
    order = random_generator(seed, "split").permutation(len(points))
    heldout = int(np.clip(round(heldout_fraction * len(points)), 1, len(points) - 1))
    return points[np.sort(order[heldout:])], points[np.sort(order[:heldout])]


def _from_csv(path: Path) -> NDArray[np.float32]:
    import pandas as pd

    if not path.is_file():
        raise UserError(f"points.path: found no file at {path}; expected a CSV file with the columns x and y.")
    if path.stat().st_size > _MAXIMUM_BYTES:
        raise UserError(
            f"points.path: {path} has {path.stat().st_size:,} bytes; at most {_MAXIMUM_BYTES:,} are allowed. Use a "
            "smaller file."
        )
    try:
        table = pd.read_csv(path, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        raise UserError(f"points.path: {path} cannot be read as CSV: {error}") from error
    return _numbers(table, path)


def _numbers(table: "pd.DataFrame", path: Path) -> NDArray[np.float32]:
    import pandas as pd

    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns[:20]))
        raise UserError(f"points.path: {path} lacks the column {' and '.join(missing)}; its columns are {found}.")
    numbers: NDArray[np.float32] = table[list(_COLUMNS)].apply(pd.to_numeric, errors="coerce").to_numpy(np.float32)
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(bad):
        raise UserError(
            f"points.path: row {bad[0] + 1} below the header of {path} does not contain two finite numbers; correct it."
        )
    if len(numbers) < _MINIMUM_POINTS:
        raise UserError(f"points.path: {path} has {len(numbers)} points; at least {_MINIMUM_POINTS} are required.")
    return numbers
