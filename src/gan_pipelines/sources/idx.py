"""Strict reader of IDX files, the format of MNIST: header values are checked before use."""

import gzip
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import ByteStream, parser_errors_as_user_errors, read_exactly

IMAGES_MAGIC = 0x00000803
LABELS_MAGIC = 0x00000801
CONTENTS = {IMAGES_MAGIC: "images", LABELS_MAGIC: "labels"}
GZIP_START = b"\x1f\x8b"


def read_idx_images(path: Path) -> NDArray[np.uint8]:
    """Reads an IDX file of images, plain or compressed by gzip, detected by content.

    Returns:
        ``(images, rows, columns)``, in [0, 255].

    Raises:
        UserError: If it is not an IDX file, is damaged, contains labels, or has fewer or more bytes than declared.
    """
    return _read(path, IMAGES_MAGIC, dimensions=3)


def read_idx_labels(path: Path) -> NDArray[np.uint8]:
    """Reads an IDX file of labels, plain or compressed by gzip, detected by content.

    Returns:
        ``(labels,)``; their range is not checked.

    Raises:
        UserError: If it is not an IDX file, is damaged, contains images, or has fewer or more bytes than declared.
    """
    return _read(path, LABELS_MAGIC, dimensions=1)


def _read(path: Path, magic: int, dimensions: int) -> NDArray[np.uint8]:
    # Opening a pipe would block forever.
    if not path.is_file():
        raise UserError(f"{path}: not a regular file; expected an IDX file.")
    with parser_errors_as_user_errors(str(path)), path.open("rb") as raw:
        is_compressed = raw.read(len(GZIP_START)) == GZIP_START
        raw.seek(0)
        if not is_compressed:
            return _parse(raw, magic, dimensions, str(path))
        with gzip.GzipFile(fileobj=raw) as stream:
            return _parse(stream, magic, dimensions, str(path))


def _parse(stream: ByteStream, magic: int, dimensions: int, file: str) -> NDArray[np.uint8]:
    header = stream.read(4 + 4 * dimensions)
    _check_magic(header, magic, file)
    if len(header) < 4 + 4 * dimensions:
        raise UserError(f"{file}: ends within its header: the file is truncated. Replace it with an intact copy.")
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if 0 in shape:
        raise UserError(f"{file}: the header declares the empty shape {shape}. Replace the file with an intact copy.")
    return np.frombuffer(read_exactly(stream, math.prod(shape), file), dtype=np.uint8).reshape(shape)


def _check_magic(header: bytes, magic: int, file: str) -> None:
    found = int.from_bytes(header[:4], "big")
    if found == magic:
        return
    if found in CONTENTS:
        raise UserError(
            f"{file}: contains {CONTENTS[found]}, expected {CONTENTS[magic]}. Check whether the files are swapped."
        )
    raise UserError(
        f"{file}: not an IDX file of {CONTENTS[magic]}: it starts with 0x{header[:4].hex()}, not 0x{magic:08x}. "
        "Replace the file with an intact copy."
    )
