"""Digests of files, computed again only for files that were touched.

A file is known by its size, its inode and the times of its last change. The time of the last change of the inode cannot
be set by any program, so an edit that restores the date of a file is noticed. A file is only trusted to be unchanged if
it was older than the clock's grain when it was read: a second edit within the same tick would leave the same times
(the "racy git" problem).
"""

import hashlib
import json
import time
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.incremental.files import read_json, write_json

MISSING = "missing"
"""Stands for the digest of what is not there."""

_ARCHIVES = {".keras", ".npz", ".zip"}
GRAIN = 20_000_000
"""Nanoseconds; file systems take their times from the kernel's tick, which lasts at most 10 ms."""
_COARSE_GRAIN = 2_000_000_000
_SECOND = 1_000_000_000


class FileTimes(NamedTuple):
    """What changes whenever a file is written; all zero for one that is not there."""

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, path: Path | None) -> "FileTimes":
        """Returns those of a file."""
        try:
            status = path.stat() if path is not None else None
        except OSError:
            status = None
        if status is None:
            return cls(0, 0, 0, 0)
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class _Known(NamedTuple):
    """What was found when a file was last read."""

    size: int
    modified: int
    changed: int
    inode: int
    sha256: str
    content: str | None


class Digests:
    """Digests of the files of a project.

    Args:
        project: Paths below it are remembered relative to it.
        memory: The file that remembers them between processes.
    """

    def __init__(self, project: Path, memory: Path) -> None:
        self._project = project
        self._memory = memory
        self._known = _remembered(memory)
        self._is_changed = False

    def sha256(self, path: Path) -> str:
        """Returns the SHA-256 of a file's bytes; ``missing`` if there is no such file."""
        known = self._look_up(path)
        return known.sha256 if known else MISSING

    def content(self, path: Path) -> str:
        """Returns a digest of what a file says: equal for archives that differ in nothing but dates.

        A ``.keras`` file holds the time at which it was saved, a ``.zip`` the time of each member.
        """
        known = self._look_up(path)
        if known is None:
            return MISSING
        if path.suffix not in _ARCHIVES:
            return known.sha256
        if known.content is None:
            known = known._replace(content=_archive_content(path) or known.sha256)
            self._remember(path, known)
        return known.content or known.sha256

    def save(self) -> None:
        """Remembers the digests for later processes.

        Raises:
            OSError: They cannot be written.
        """
        if self._is_changed:
            write_json(self._memory, self._known)
            self._is_changed = False

    def _look_up(self, path: Path) -> _Known | None:
        try:
            status = path.stat()
            times = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            known = self._known.get(self._name(path))
            if known is not None and known[:4] == times:
                return known
            settle(status.st_ctime_ns)
            is_safe = _is_settled(path.stat().st_ctime_ns)
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        known = _Known(*times, sha256, None)
        if is_safe:
            self._remember(path, known)
        return known

    def _remember(self, path: Path, known: _Known) -> None:
        self._known[self._name(path)] = known
        self._is_changed = True

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._project) if path.is_relative_to(self._project) else path)


def _remembered(memory: Path) -> dict[str, _Known]:
    content = read_json(memory)
    try:
        return {name: _Known(*entry) for name, entry in content.items()}
    except (AttributeError, TypeError):  # missing or damaged: all is read again
        return {}


def settle(changed: int) -> None:
    """Waits until a change now would give a file another time than this one, if that is a matter of milliseconds."""
    rest = changed + GRAIN - time.time_ns()
    if 0 < rest <= GRAIN:
        time.sleep(rest / _SECOND)


def _is_settled(changed: int) -> bool:
    grain = _COARSE_GRAIN if changed % _SECOND == 0 else GRAIN
    return time.time_ns() - changed >= grain


def _archive_content(path: Path) -> str | None:
    """Returns a digest of an archive's members, without the dates; None if it is no archive, or a damaged one."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                digest.update(json.dumps(name).encode())
                digest.update(_member_digest(archive, name))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError):
        return None
    return digest.hexdigest()


def _member_digest(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        if name == "metadata.json":  # of Keras
            metadata = json.loads(stream.read())
            if isinstance(metadata, dict):
                metadata.pop("date_saved", None)
            return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).digest()
        return hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
