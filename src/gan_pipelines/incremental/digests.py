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
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from gan_pipelines.incremental.files import read_json, write_json
from gan_pipelines.incremental.project import Project

MISSING = "missing"
"""Stands for the digest of what is not there."""

_ARCHIVES = {".keras", ".npz", ".zip"}
_METADATA = "metadata.json"
_CIRCUMSTANCES = ("date_saved", "keras_version")  # of saving a model; of the versions that count, its nodes tell
_SECOND = 1_000_000_000
GRAIN = 20_000_000
"""Nanoseconds; file systems take their times from the kernel's tick, which lasts at most 10 ms."""
_COARSE_GRAIN = 2 * _SECOND
"""Of file systems that keep whole seconds."""


class FileTimes(NamedTuple):
    """What changes whenever a file is written; all zero for one that is not there."""

    size: int = 0
    modified: int = 0
    changed: int = 0
    inode: int = 0

    @classmethod
    def of(cls, path: Path | None) -> "FileTimes":
        """Returns those of a file."""
        with suppress(OSError):
            if path is not None:
                status = path.stat()
                return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        return cls()


class _Known(NamedTuple):
    """What was found when a file was last read."""

    times: FileTimes
    sha256: str
    content: str | None = None


class Digests:
    """Digests of files, those of a project's own remembered by their path in it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._memory = project.state / "digests.json"
        self._known: dict[str, _Known] = {}
        with suppress(AttributeError, TypeError, ValueError):  # missing or damaged: all is read again
            for name, (*times, sha256, content) in read_json(self._memory).items():
                self._known[name] = _Known(FileTimes(*times), sha256, content)
        self._is_changed = False

    def sha256(self, path: Path) -> str:
        """Returns the SHA-256 of a file's bytes; ``missing`` if there is no such file."""
        known = self._look_up(path)
        return known.sha256 if known else MISSING

    def content(self, path: Path) -> str:
        """Returns a digest of what a file says: equal for archives that differ in dates or in Keras's version only.

        A ``.keras`` file holds when and by which Keras it was saved, a ``.zip`` the time of each member.
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
        """Remembers the digests for later processes; an OSError if they cannot be written."""
        if self._is_changed:
            write_json(self._memory, {name: [*each.times, *each[1:]] for name, each in self._known.items()})
            self._is_changed = False

    def _look_up(self, path: Path) -> _Known | None:
        times = FileTimes.of(path)
        known = self._known.get(self._project.name(path))
        if known is not None and known.times == times:
            return known
        settle(times.changed)
        is_settled = times.changed > 0 and _is_settled(FileTimes.of(path).changed)
        try:
            with path.open("rb") as stream:
                known = _Known(times, hashlib.file_digest(stream, "sha256").hexdigest())
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if is_settled:
            self._remember(path, known)
        return known

    def _remember(self, path: Path, known: _Known) -> None:
        self._known[self._project.name(path)] = known
        self._is_changed = True


def settle(changed: int) -> None:
    """Waits until a change now would give a file another time than this one, if that is a matter of milliseconds."""
    rest = changed + GRAIN - time.time_ns()
    if 0 < rest <= GRAIN:
        time.sleep(rest / _SECOND)


def _is_settled(changed: int) -> bool:
    """Whether a file is older than the grain of the times that its file system keeps."""
    return time.time_ns() - changed >= (_COARSE_GRAIN if changed % _SECOND == 0 else GRAIN)


def _archive_content(path: Path) -> str | None:
    """Returns a digest of an archive's members, without dates; None if it is no archive, or a damaged one."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                digest.update(json.dumps(name).encode())
                digest.update(_member_digest(archive, name, is_model=path.suffix == ".keras"))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError):
        return None
    return digest.hexdigest()


def _member_digest(archive: zipfile.ZipFile, name: str, *, is_model: bool) -> bytes:
    with archive.open(name) as stream:
        if is_model and name.endswith(".json"):
            content = json.loads(stream.read())
            if name == _METADATA and isinstance(content, dict):
                content = {key: value for key, value in content.items() if key not in _CIRCUMSTANCES}
            return hashlib.sha256(json.dumps(_without_nulls(content), sort_keys=True).encode()).digest()
        return hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Leaves out settings that are not set: a newer Keras has more of them."""
    if isinstance(value, dict):
        return {key: _without_nulls(entry) for key, entry in value.items() if entry is not None}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value
