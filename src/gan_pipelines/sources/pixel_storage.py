"""Disk storage of pixels, written as they are produced so that they never have to fit in memory."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels

_LARGE_FOLDER = "/var/tmp"  # noqa: S108 - the file is unnamed, so no other user can replace it
_VARIABLES = ("TMPDIR", "TEMP", "TMP")


def store_pixels(parts: Iterable[NDArray[np.uint8]], image_shape: tuple[int, ...]) -> StoredPixels:
    """Writes images to an unnamed temporary file and memory-maps it.

    The operating system deletes the file when it is no longer mapped, even if the process is killed. Its folder is the
    environment variable ``TMPDIR``. Default: ``/var/tmp``, because many systems keep ``/tmp`` in memory.

    Args:
        parts: Bytes of one or more images each, in order; each part is written before the next is requested.
        image_shape: ``(height, width, channels)``.

    Raises:
        UserError: If the file cannot be written, for example because the disk is full.
    """
    folder = _folder()
    with _as_user_error(folder):
        stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
    # Written, not memory-mapped: on a full disk a write raises an OSError, but a mapped page kills the process.
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
    return tempfile.gettempdir() if is_named or not os.access(_LARGE_FOLDER, os.W_OK) else _LARGE_FOLDER


@contextmanager
def _as_user_error(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"images: the pixels cannot be written to a temporary file in {folder}: {error.strerror or error}. The "
            "partial file was removed. Free disk space, set the environment variable TMPDIR to a folder on a larger "
            "disk, or reduce images.limit or images.size."
        ) from error
