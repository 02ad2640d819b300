"""Zip archives whose bytes depend on their content only, and arrays that are read in place from them."""

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
"""What precedes each member: at its end, the lengths of the member's name and of the extra field that follow."""


def fixed_member(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """Returns the header of a member without the time and the system at which it is written."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = compression
    member.create_system = 3
    return member


def check_unpacked_size(path: Path, maximum: int) -> None:
    """Makes sure that an archive does not unpack to more than this many bytes.

    Raises:
        UserError: It would.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > maximum:
        raise UserError(
            f"{path} unpacks to {size:,} bytes; at most {maximum:,} are read. Delete it and run again the pipeline "
            "stage that makes it, with smaller networks if these are meant."
        )


def write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any], compression: int) -> None:
    """Writes an array as a member of an archive, in NumPy's format ``.npy``."""
    with archive.open(fixed_member(name, compression), "w", force_zip64=True) as stream:
        npy.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


def write_stored_pixels(archive: zipfile.ZipFile, name: str, pixels: StoredPixels) -> None:
    """Writes the bytes of pixels as a member of an archive, a chunk at a time, so that `map_array` can read it."""
    header = {"descr": "|u1", "fortran_order": False, "shape": pixels.shape}
    with archive.open(fixed_member(name), "w", force_zip64=True) as stream:
        npy.write_array_header_1_0(stream, header)
        for chunk in pixels.chunks():
            stream.write(pixels.bytes_at(chunk).data)


def map_array(file: IO[bytes], archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Maps an uncompressed ``.npy`` member of an archive into memory, read-only, where it lies in the file.

    Args:
        file: The archive's file.
        archive: The open archive.
        name: The member.

    Raises:
        ValueError: The member is compressed, or no array of numbers.
        KeyError: There is no such member.
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
