"""Zip archives whose bytes depend on their content only."""

import zipfile
from pathlib import Path

from gan_pipelines.errors import UserError


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
