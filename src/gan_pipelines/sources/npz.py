"""Strict reader of ``.npz`` archives in the layout of Keras; nothing is unpickled."""

import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import parser_errors_as_user_errors, read_exactly

DIMENSIONS = {"x_train": 3, "y_train": 1, "x_test": 3, "y_test": 1}


def read_npz(path: Path) -> dict[str, NDArray[np.integer]]:
    """Reads ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

    Returns:
        Images ``(images, rows, columns)``, uint8, in ``x_…``; labels ``(images,)``, of any integer dtype, in ``y_…``.

    Raises:
        UserError: If the archive is damaged or lacks an array, or an array has another number of dimensions or dtype.
    """
    if not path.is_file():
        raise UserError(f"{path}: not a regular file; expected an .npz archive.")
    with parser_errors_as_user_errors(str(path)), zipfile.ZipFile(path) as archive:
        missing = [name for name in DIMENSIONS if f"{name}.npy" not in archive.namelist()]
        if missing:
            found = ", ".join(sorted(archive.namelist())[:8]) or "nothing"
            raise UserError(f"{path}: lacks {', '.join(missing)}; found {found}. Required: {', '.join(DIMENSIONS)}.")
        return {name: _read_member(archive, name, f"{path}: {name}") for name in DIMENSIONS}


def _read_member(archive: zipfile.ZipFile, name: str, array_name: str) -> NDArray[np.integer]:
    with parser_errors_as_user_errors(array_name), archive.open(f"{name}.npy") as stream:
        # A header of version 2.0 may be 4 GiB long; NumPy writes version 1.0 for arrays like these.
        if npy.read_magic(stream) != (1, 0):
            raise UserError(f"{array_name}: not in version 1.0 of the NPY format. Save it again with numpy.savez.")
        shape, is_fortran, dtype = npy.read_array_header_1_0(stream)
        _check_header(name, shape, dtype, array_name)
        payload = read_exactly(stream, math.prod(shape) * dtype.itemsize, array_name)
    return np.frombuffer(payload, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")


def _check_header(name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], array_name: str) -> None:
    is_right_kind = dtype == np.uint8 if name.startswith("x_") else dtype.kind in "ui"
    if not is_right_kind or len(shape) != DIMENSIONS[name] or min(shape) < 1:
        expected = "uint8 (images, rows, columns)" if name.startswith("x_") else "integer (images,)"
        raise UserError(f"{array_name}: found {dtype} {shape}; expected {expected}, with at least one image.")
