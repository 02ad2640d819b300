"""Files that are written whole or not at all, and verified before they are parsed.

Beside a file lies its record ``<file>.sha256``, in the format of ``sha256sum``. A save makes three renames: the record
lists the old and the new content, the new file replaces the old one, the record lists the new content alone. Each is on
the disk before the next, so wherever a process is killed or the power fails, the file is one that its record lists.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.disk import flush_to_disk
from gan_pipelines.errors import UserError

_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Make room on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "Give yourself the right to write there"),
    **dict.fromkeys(
        (errno.EISDIR, errno.ENOTDIR, errno.EEXIST),
        "A folder of versions and a single file cannot have the same name: move away what is there, or change "
        "`versioned` in the catalog",
    ),
}


class _Record(NamedTuple):
    """What a record says, and what tells it from a later one that says the same."""

    lines: list[bytes]
    inode: int
    modified: int


def write_verified(path: Path, write: Callable[[Path], None]) -> None:
    """Replaces a file, or makes it and the folders above it, together with its record.

    Args:
        path: The file.
        write: Writes the content to the path it is given, which ends in the same suffix.

    Raises:
        UserError: It cannot be written, for example because the disk is full. No part of the new content is left.
    """
    record = _record_path(path)
    content, both, new = (_temporary(final) for final in (path, record, record))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_protected(path)
        _remove_leftovers(path, record)
        write(content)
        line = _line(content, path.name)
        new.write_bytes(line + b"\n")
        both.write_bytes(b"\n".join([*_read_record(record).lines, line, b""]) if record.exists() else line + b"\n")
        for temporary in (content, both, new):
            flush_to_disk(temporary)
        for temporary, final in ((both, record), (content, path), (new, record)):
            os.replace(temporary, final)  # noqa: PTH105  the tests stop at this very call
            flush_to_disk(path.parent)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Mend the cause")
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}. No part of it was left. {remedy}, then run the "
            "same command again."
        ) from error
    finally:
        for temporary in (content, both, new):
            with suppress(OSError):
                temporary.unlink()


def verify(path: Path) -> None:
    """Makes sure that a file is what was written; nothing of it is parsed.

    Raises:
        UserError: The file or its record is missing, or the file is not what its record lists.
    """
    remedy = f"Delete {path} and run again the pipeline stage that makes it."
    if not path.exists():
        raise UserError(f"{path} does not exist. Run the pipeline stage that makes it.")
    try:
        record = _read_record(_record_path(path))
        while _line(path, path.name) not in record.lines:
            latest = _read_record(_record_path(path))
            # A save between the two readings is no damage: what it wrote is compared with what it recorded.
            if latest == record:
                raise UserError(f"{path} is damaged: its SHA-256 is not the one recorded when it was written. {remedy}")
            record = latest
    except FileNotFoundError as error:
        raise UserError(
            f"{path} was not written by this project, or only in part: its record {_record_path(path).name} is "
            f"missing. {remedy}"
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}. {remedy}") from error


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _temporary(final: Path) -> Path:
    """Returns a name in the same folder, as only there a rename is atomic; the suffix stays for writers that ask."""
    return final.with_name(f".tmp-{secrets.token_hex(4)}-{final.name}")


def _remove_leftovers(*finals: Path) -> None:
    """Removes what killed saves of these files left."""
    for final in finals:
        for leftover in final.parent.glob(f".tmp-{'?' * 8}-{escape(final.name)}"):
            leftover.unlink(missing_ok=True)


def _refuse_protected(path: Path) -> None:
    """Keeps a rename from replacing a file that its owner made read-only."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected")


def _read_record(record: Path) -> _Record:
    with record.open("rb") as stream:
        status = os.fstat(stream.fileno())
        return _Record(stream.read().splitlines(), status.st_ino, status.st_mtime_ns)


def _line(path: Path, name: str) -> bytes:
    """Returns the line of a record for the present content of a file, under this name."""
    with path.open("rb") as stream:
        return os.fsencode(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {name}")
