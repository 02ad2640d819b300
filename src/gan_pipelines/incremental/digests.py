"""SHA-256 digests of files, cached by size, inode, mtime and ctime.

No program can set ctime, so an edit that restores the mtime is detected. A digest is cached only if the file was older
than the clock's resolution when it was read: a second edit within the same tick would leave the same times (the "racy
git" problem).
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
"""Digest of a file that does not exist."""
_ARCHIVES = {".keras", ".npz", ".zip"}
_METADATA = "metadata.json"
_VOLATILE_METADATA = ("date_saved", "keras_version")  # the nodes' traces record Keras's version where it matters
_SECOND = 1_000_000_000
GRAIN = 20_000_000
"""Resolution of file times in nanoseconds; file systems use the kernel's tick of at most 10 ms."""
_COARSE_GRAIN = 2 * _SECOND
"""Resolution on file systems that store whole seconds."""


class FileTimes(NamedTuple):
    """Metadata that changes with every write; all zero for a missing file."""

    size: int = 0
    modified: int = 0
    changed: int = 0
    inode: int = 0

    @classmethod
    def of(cls, path: Path | None) -> "FileTimes":
        """Returns the metadata of a file."""
        with suppress(OSError):
            if path is not None:
                status = path.stat()
                return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        return cls()


class _CachedDigest(NamedTuple):
    times: FileTimes
    sha256: str
    content: str | None = None


class Digests:
    """Digests of files, cached in the project's ``.incremental/digests.json``."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._cache_file = project.state / "digests.json"
        self._cached: dict[str, _CachedDigest] = {}
        with suppress(AttributeError, TypeError, ValueError):  # missing or damaged: no cache
            for name, (*times, sha256, content) in read_json(self._cache_file).items():
                self._cached[name] = _CachedDigest(FileTimes(*times), sha256, content)
        self._is_changed = False

    def sha256(self, path: Path) -> str:
        """Returns the SHA-256 of a file's bytes, or `MISSING`."""
        cached = self._look_up(path)
        return cached.sha256 if cached else MISSING

    def content(self, path: Path) -> str:
        """Returns a digest that ignores dates in archives, and date and Keras version in ``.keras`` files."""
        cached = self._look_up(path)
        if cached is None:
            return MISSING
        if path.suffix not in _ARCHIVES:
            return cached.sha256
        if cached.content is None:
            cached = cached._replace(content=_archive_content(path) or cached.sha256)
            self._remember(path, cached)
        return cached.content or cached.sha256

    def save(self) -> None:
        """Writes the cache.

        Raises:
            OSError: If it cannot be written.
        """
        if self._is_changed:
            write_json(self._cache_file, {name: [*each.times, *each[1:]] for name, each in self._cached.items()})
            self._is_changed = False

    def _look_up(self, path: Path) -> _CachedDigest | None:
        times = FileTimes.of(path)
        cached = self._cached.get(self._project.name(path))
        if cached is not None and cached.times == times:
            return cached
        settle(times.changed)
        is_settled = times.changed > 0 and _is_settled(FileTimes.of(path).changed)
        try:
            with path.open("rb") as stream:
                cached = _CachedDigest(times, hashlib.file_digest(stream, "sha256").hexdigest())
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if is_settled:
            self._remember(path, cached)
        return cached

    def _remember(self, path: Path, cached: _CachedDigest) -> None:
        self._cached[self._project.name(path)] = cached
        self._is_changed = True


def settle(changed: int) -> None:
    """Waits until a write would get a ctime other than `changed`, if that is less than `GRAIN` away."""
    rest = changed + GRAIN - time.time_ns()
    if 0 < rest <= GRAIN:
        time.sleep(rest / _SECOND)


def _is_settled(changed: int) -> bool:
    """Whether a ctime is older than the resolution of its file system."""
    return time.time_ns() - changed >= (_COARSE_GRAIN if changed % _SECOND == 0 else GRAIN)


def _archive_content(path: Path) -> str | None:
    """Returns a digest of an archive's members without dates; None if it is no valid archive."""
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
                content = {key: value for key, value in content.items() if key not in _VOLATILE_METADATA}
            return hashlib.sha256(json.dumps(_without_nulls(content), sort_keys=True).encode()).digest()
        return hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Drops unset settings, of which newer Keras versions write more."""
    if isinstance(value, dict):
        return {key: _without_nulls(entry) for key, entry in value.items() if entry is not None}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value
