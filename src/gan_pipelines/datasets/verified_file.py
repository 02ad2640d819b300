"""Files that are written atomically and verified before they are parsed.

Each file has a record ``<file>.sha256`` in the format of ``sha256sum``. A save consists of three renames: a record of
the old and the new content, the new file, a record of the new content only. Each is flushed to the disk before the
next, so after a kill or a power failure at any time, the file matches its record.
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
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Free disk space"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "Make the path writable"),
    **dict.fromkeys(
        (errno.EISDIR, errno.ENOTDIR, errno.EEXIST),
        "A folder of versions and a single file cannot have the same name: move the existing one, or change "
        "`versioned` in the catalog",
    ),
}


class _Record(NamedTuple):
    """Lines of a record file, with inode and modification time to detect that it was replaced."""

    lines: list[bytes]
    inode: int
    modified: int


def write_verified(path: Path, write: Callable[[Path], None]) -> None:
    """Writes a file and its record atomically; missing folders are created.

    Args:
        path: Path of the file.
        write: Writes the content to a temporary path with the same suffix.

    Raises:
        UserError: If the file cannot be written, for example because the disk is full. No temporary file is left.
    """
    record = _record_path(path)
    content, both, new = (_temporary(final) for final in (path, record, record))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_writable(path)
        _remove_leftovers(path, record)
        write(content)
        line = _record_line(content, path.name)
        new.write_bytes(line + b"\n")
        both.write_bytes(b"\n".join([*_read_record(record).lines, line, b""]) if record.exists() else line + b"\n")
        for temporary in (content, both, new):
            flush_to_disk(temporary)
        for temporary, final in ((both, record), (content, path), (new, record)):
            os.replace(temporary, final)  # noqa: PTH105  patched by the tests
            flush_to_disk(path.parent)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Fix the cause")
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}. Temporary files were removed. {remedy}, then "
            "run the same command again."
        ) from error
    finally:
        for temporary in (content, both, new):
            with suppress(OSError):
                temporary.unlink()


def verify(path: Path) -> None:
    """Checks a file against its record without parsing it.

    Raises:
        UserError: If the file or its record is missing, or the SHA-256 of the file is not in its record.
    """
    remedy = f"Delete {path} and run again the pipeline stage that makes it."
    if not path.exists():
        raise UserError(f"{path} does not exist. Run the pipeline stage that makes it.")
    try:
        record = _read_record(_record_path(path))
        while _record_line(path, path.name) not in record.lines:
            latest = _read_record(_record_path(path))
            # If another process saved in between, the record has changed: compare again.
            if latest == record:
                raise UserError(f"{path} is damaged: its SHA-256 differs from the one recorded on save. {remedy}")
            record = latest
    except FileNotFoundError as error:
        raise UserError(
            f"{path} was not written by this project, or not completely: its record {_record_path(path).name} is "
            f"missing. {remedy}"
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}. {remedy}") from error


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _temporary(final: Path) -> Path:
    """Returns a path in the same folder, for an atomic rename, and with the same suffix, which some writers check."""
    return final.with_name(f".tmp-{secrets.token_hex(4)}-{final.name}")


def _remove_leftovers(*finals: Path) -> None:
    """Removes temporary files of interrupted saves."""
    for final in finals:
        for leftover in final.parent.glob(f".tmp-{'?' * 8}-{escape(final.name)}"):
            leftover.unlink(missing_ok=True)


def _check_writable(path: Path) -> None:
    """Raises a PermissionError for a read-only file, which a rename would replace."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected")


def _read_record(record: Path) -> _Record:
    with record.open("rb") as stream:
        status = os.fstat(stream.fileno())
        return _Record(stream.read().splitlines(), status.st_ino, status.st_mtime_ns)


def _record_line(path: Path, name: str) -> bytes:
    """Returns the record line for the current content of a file."""
    with path.open("rb") as stream:
        return os.fsencode(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {name}")
