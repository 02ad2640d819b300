"""Pixels that are put on the disk while they are made, so that they never fill memory."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels

_ROOMY_FOLDER = "/var/tmp"  # noqa: S108 - the file has no name that anyone could take
_VARIABLES = ("TMPDIR", "TEMP", "TMP")


def store_pixels(parts: Iterable[NDArray[np.uint8]], image_shape: tuple[int, ...]) -> StoredPixels:
    """Writes images to a temporary file without a name, and maps it into memory.

    The file vanishes with its last user, even where the process is killed. It lies in the folder that the environment
    variable ``TMPDIR`` names; without one in ``/var/tmp``, as many systems keep ``/tmp`` itself in memory.

    Args:
        parts: The bytes of one image or of several, in order; each part is written before the next is asked for.
        image_shape: ``(height, width, channels)``.

    Raises:
        UserError: The disk is full, or the like.
    """
    folder = _folder()
    with _as_user_error(folder):
        stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
    # Written, not mapped for writing: on a full disk a write is refused, but a mapped page ends the process.
    with stream:
        for part in parts:
            with _as_user_error(folder):
                stream.write(np.ascontiguousarray(part, np.uint8).data)
        with _as_user_error(folder):
            stream.flush()
        images = stream.tell() // int(np.prod(image_shape))
        if not images:
            return StoredPixels(np.empty((0, *image_shape), np.uint8))
        return StoredPixels(np.memmap(stream, np.uint8, "r", shape=(images, *image_shape)))


def _folder() -> str:
    is_named = any(os.environ.get(variable) for variable in _VARIABLES)
    return tempfile.gettempdir() if is_named or not os.access(_ROOMY_FOLDER, os.W_OK) else _ROOMY_FOLDER


@contextmanager
def _as_user_error(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"images: the pixels cannot be put on the disk, into a temporary file in {folder}: "
            f"{error.strerror or error}. No part of it was left. Make room there, name a folder on a larger disk in "
            "the environment variable TMPDIR, or take fewer or smaller images with images.limit or images.size."
        ) from error
