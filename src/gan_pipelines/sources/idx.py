"""A strict reader of IDX files, the format of MNIST: nothing in a header is believed before it is checked."""

import gzip
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import ByteStream, damage_as_user_error, read_exactly

IMAGES_MAGIC = 0x00000803
LABELS_MAGIC = 0x00000801
CONTENTS = {IMAGES_MAGIC: "images", LABELS_MAGIC: "labels"}
GZIP_START = b"\x1f\x8b"


def read_idx_images(path: Path) -> NDArray[np.uint8]:
    """Reads an IDX file of images, compressed by gzip or not, whatever its name says.

    Returns:
        ``(images, rows, columns)``, in [0, 255].

    Raises:
        UserError: The file is none, is damaged, holds labels, or holds another number of bytes than it announces.
    """
    return _read(path, IMAGES_MAGIC, dimensions=3)


def read_idx_labels(path: Path) -> NDArray[np.uint8]:
    """Reads an IDX file of labels, compressed by gzip or not, whatever its name says.

    Returns:
        ``(labels,)``; whether they are in range is for the caller to say.

    Raises:
        UserError: The file is none, is damaged, holds images, or holds another number of bytes than it announces.
    """
    return _read(path, LABELS_MAGIC, dimensions=1)


def _read(path: Path, magic: int, dimensions: int) -> NDArray[np.uint8]:
    # Opening a pipe would wait for ever.
    if not path.is_file():
        raise UserError(f"{path}: not a regular file; an IDX file is needed.")
    with damage_as_user_error(str(path)), path.open("rb") as raw:
        is_compressed = raw.read(len(GZIP_START)) == GZIP_START
        raw.seek(0)
        if not is_compressed:
            return _parsed(raw, magic, dimensions, str(path))
        with gzip.GzipFile(fileobj=raw) as stream:
            return _parsed(stream, magic, dimensions, str(path))


def _parsed(stream: ByteStream, magic: int, dimensions: int, file: str) -> NDArray[np.uint8]:
    header = stream.read(4 + 4 * dimensions)
    _check_magic(header, magic, file)
    if len(header) < 4 + 4 * dimensions:
        raise UserError(f"{file}: it ends within its header: the file is truncated. Get it again.")
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if 0 in shape:
        raise UserError(f"{file}: its header announces the shape {shape}, which is empty. Get the file again.")
    return np.frombuffer(read_exactly(stream, math.prod(shape), file), dtype=np.uint8).reshape(shape)


def _check_magic(header: bytes, magic: int, file: str) -> None:
    found = int.from_bytes(header[:4], "big")
    if found == magic:
        return
    if found in CONTENTS:
        raise UserError(
            f"{file}: it holds {CONTENTS[found]} where {CONTENTS[magic]} are expected. Were the files swapped?"
        )
    raise UserError(
        f"{file}: not an IDX file of {CONTENTS[magic]}: it starts with 0x{header[:4].hex()}, not 0x{magic:08x}. "
        "Get the file again."
    )
