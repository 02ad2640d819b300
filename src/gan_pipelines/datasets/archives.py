"""Reproducible zip archives, and memory-mapped arrays in them."""

import struct
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels

_LOCAL_HEADER = struct.Struct("<26x2H")
"""Local file header of a member; its last 4 bytes are the lengths of the name and the extra field that follow."""


def fixed_member(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """Returns a member header with a constant time and system, so that equal content gives equal bytes."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = compression
    member.create_system = 3
    return member


def check_unpacked_size(path: Path, maximum: int) -> None:
    """Checks the unpacked size of an archive.

    Raises:
        UserError: If it exceeds ``maximum`` bytes.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > maximum:
        raise UserError(
            f"{path} unpacks to {size:,} bytes; at most {maximum:,} are read. Delete it and run again the pipeline "
            "stage that makes it; if the networks are that large, make them smaller."
        )


def write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any], compression: int) -> None:
    """Writes an array as a ``.npy`` member of an archive."""
    with archive.open(fixed_member(name, compression), "w", force_zip64=True) as stream:
        npy.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


def write_stored_pixels(archive: zipfile.ZipFile, name: str, pixels: StoredPixels) -> None:
    """Writes pixels as an uncompressed uint8 ``.npy`` member in chunks, for `map_array`."""
    header = {"descr": "|u1", "fortran_order": False, "shape": pixels.shape}
    with archive.open(fixed_member(name), "w", force_zip64=True) as stream:
        npy.write_array_header_1_0(stream, header)
        for chunk in pixels.chunks():
            stream.write(pixels.bytes_at(chunk).data)


def map_array(file: IO[bytes], archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Returns a read-only memory map of an uncompressed ``.npy`` member of an archive.

    Args:
        file: The file of the archive.
        archive: The open archive.
        name: Name of the member.

    Raises:
        ValueError: If the member is compressed or not a numeric array.
        KeyError: If the member does not exist.
    """
    member = archive.getinfo(name)
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    with archive.open(member) as stream:
        npy.read_magic(stream)
        shape, _, dtype = npy.read_array_header_1_0(stream)
        header = stream.tell()
    file.seek(member.header_offset)
    name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length + header
    if not np.prod(shape):
        return np.empty(shape, dtype)
    return np.memmap(file, dtype, "r", offset=start, shape=shape)
