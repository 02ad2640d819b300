"""A strict reader of ``.npz`` archives as Keras lays them out; nothing in them is unpickled."""

import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import damage_as_user_error, read_exactly

DIMENSIONS = {"x_train": 3, "y_train": 1, "x_test": 3, "y_test": 1}


def read_npz(path: Path) -> dict[str, NDArray[np.integer]]:
    """Reads ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

    Returns:
        Under ``x_…`` images ``(images, rows, columns)``, uint8; under ``y_…`` labels ``(images,)``, any whole numbers.

    Raises:
        UserError: The archive is damaged, lacks one of the four, or holds it in another shape or kind of number.
    """
    if not path.is_file():
        raise UserError(f"{path}: not a regular file; an .npz archive is needed.")
    with damage_as_user_error(str(path)), zipfile.ZipFile(path) as archive:
        missing = [name for name in DIMENSIONS if f"{name}.npy" not in archive.namelist()]
        if missing:
            found = ", ".join(sorted(archive.namelist())[:8]) or "nothing"
            raise UserError(f"{path}: lacks {', '.join(missing)}; found {found}. Needed are {', '.join(DIMENSIONS)}.")
        return {name: _read_member(archive, name, f"{path}: {name}") for name in DIMENSIONS}


def _read_member(archive: zipfile.ZipFile, name: str, described: str) -> NDArray[np.integer]:
    with damage_as_user_error(described), archive.open(f"{name}.npy") as stream:
        # The second version of the header may be 4 GiB long; NumPy writes the first for arrays like these.
        if npy.read_magic(stream) != (1, 0):
            raise UserError(f"{described}: not in version 1.0 of NumPy's format. Save it again with numpy.savez.")
        shape, is_fortran, dtype = npy.read_array_header_1_0(stream)
        _check_header(name, shape, dtype, described)
        payload = read_exactly(stream, math.prod(shape) * dtype.itemsize, described)
    return np.frombuffer(payload, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")


def _check_header(name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], described: str) -> None:
    is_right_kind = dtype == np.uint8 if name.startswith("x_") else dtype.kind in "ui"
    if not is_right_kind or len(shape) != DIMENSIONS[name] or min(shape) < 1:
        wanted = "uint8 (images, rows, columns)" if name.startswith("x_") else "whole numbers (images,)"
        raise UserError(f"{described}: found {dtype} {shape}; needed are {wanted}, and at least one image.")
