"""Storage of catalog entries: files, memory, declared content, scratch folders, or unknown."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any, TypeAlias

from kedro.io import AbstractDataset, CatalogProtocol
from kedro.io.core import get_protocol_and_path

from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.values import Canonical, canonical, digest

OPTIONS = "incremental"
"""Key in a catalog entry's ``metadata``."""
_LOCATIONS = ("filepath", "path")
_LEFT_OUT = ("credentials", "metadata", "versioned")
_SECRET = re.compile("password|passwd|secret|token|api_?key|access_?key|connection_?string", re.IGNORECASE)
"""Names of settings that are stored as digests."""
_NOT_IN_THE_FILE = ("API", "SQL", "Query", "GBQ", "IncrementalDataset")
"""Substrings of dataset class names whose data is not the content of their file."""


@dataclass(frozen=True)
class Files:
    """A file or a folder on a local disk.

    Args:
        base: The configured path.
        is_versioned: Whether versions are stored as ``<base>/<version>/<name>``.
        pinned: Version to load; None for the newest.
        ending: Suffix of the files that belong to the dataset, if it is a folder.
        companions: Suffixes that, appended to a file's name, give its companion files.
    """

    base: Path
    is_versioned: bool = False
    pinned: str | None = None
    ending: str = ""
    companions: tuple[str, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """The configured path and its companion files."""
        return [self.base, *(self.file(self.base, suffix) for suffix in self.companions)]

    def loaded(self) -> Path | None:
        """Returns the path from which the dataset loads; None if there is no version."""
        return self.version(self.pinned) if self.is_versioned and self.pinned else self.newest()

    def newest(self) -> Path | None:
        """Returns the path of the newest version, or the configured path if there are no versions."""
        if not self.is_versioned:
            return self.base
        return max(self.base.glob(f"*/{escape(self.base.name)}"), default=None, key=lambda path: path.as_posix())

    def version(self, version: str) -> Path:
        """Returns the path to which the dataset saves this version."""
        return self.base / version / self.base.name if self.is_versioned else self.base

    def listing(self, path: Path | None) -> dict[str, Path]:
        """Returns the files at a path by suffix: ``/<relative path>`` in a folder, else empty or a companion's."""
        if path is None:
            return {}
        if path.is_dir():
            files = (file for file in _files_below(path) if file.name.endswith(self.ending))
            return {f"/{file.relative_to(path).as_posix()}": file for file in files}
        files_by_suffix = {suffix: self.file(path, suffix) for suffix in ("", *self.companions)}
        return {suffix: file for suffix, file in files_by_suffix.items() if file.is_file()}

    @staticmethod
    def file(path: Path, suffix: str) -> Path:
        """Returns the file with this suffix in `listing(path)`."""
        return path / suffix[1:] if suffix.startswith("/") else path.with_name(path.name + suffix)


def _files_below(folder: Path) -> list[Path]:
    """Returns all files below a folder, following links; each real folder is visited once."""
    found: list[Path] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        found += (Path(place, name) for name in names)
    return sorted(file for file in found if file.is_file())


@dataclass(frozen=True)
class Memory:
    """A Python object in memory."""


@dataclass(frozen=True)
class Declared:
    """Content that the catalog declares: ``metadata: {incremental: {content: …}}``."""

    content: Canonical


@dataclass(frozen=True)
class Scratch:
    """A folder for unfinished work such as checkpoints: ``metadata: {incremental: {scratch: {…}}}``.

    Before a node with this input runs, ``dataset.use_folder(name)`` is called with the subfolder for the node's key.

    Args:
        base: The configured path.
        continued_over: Parameters that do not change the subfolder, such as the number of steps.
    """

    base: Path
    continued_over: tuple[str, ...]

    @property
    def paths(self) -> list[Path]:
        """The configured path, as for `Files`."""
        return [self.base]


@dataclass(frozen=True)
class Opaque:
    """Content that cannot be compared without loading it, with the reason."""

    reason: str


Storage: TypeAlias = Files | Memory | Declared | Scratch | Opaque


@dataclass(frozen=True)
class Entry:
    """A catalog entry.

    Args:
        dataset: The dataset; for a ``CachedDataset``, the wrapped one.
        storage: Storage of its content.
        settings: Configuration without location, credentials and version.
        location: Path, relative to the project if inside; empty if it has no file.
    """

    dataset: AbstractDataset[Any, Any]
    storage: Storage
    settings: Canonical
    location: str

    @property
    def is_memory(self) -> bool:
        """Whether it is stored in memory only."""
        return isinstance(self.storage, Memory)


def describe(name: str, catalog: CatalogProtocol, project: Path) -> Entry:
    """Returns the storage and settings of a catalog entry without loading it."""
    dataset: Any = catalog.get(name, fallback_to_runtime_pattern=True)
    config = dataset._init_config()
    is_versioned = bool(config.get("versioned"))
    if type(dataset).__name__ == "CachedDataset":
        dataset = dataset._dataset
        config = dataset._init_config()
        is_versioned |= bool(config.get("versioned"))
    storage = _storage(dataset, config, is_versioned, getattr(catalog, "_load_versions", {}).get(name))
    settings: Canonical = None
    if not isinstance(storage, Memory):
        try:
            settings = canonical(_comparable({key: each for key, each in config.items() if key not in _LOCATIONS}))
        except UnfingerprintableError as error:
            storage = Opaque(f"its configuration contains {error}") if isinstance(storage, Files) else storage
    location = ""
    if isinstance(storage, Files | Scratch):
        base = storage.base
        location = (base.relative_to(project) if base.is_relative_to(project) else base).as_posix()
    return Entry(dataset, storage, settings, location)


def _storage(
    dataset: Any,  # noqa: ANN401  of any class
    config: Mapping[str, Any],
    is_versioned: bool,
    pinned: str | None,
) -> Storage:
    options = (getattr(dataset, "metadata", None) or {}).get(OPTIONS) or {}
    if "content" in options:
        return Declared(canonical(options["content"]))
    path = next((str(config[key]) for key in _LOCATIONS if isinstance(config.get(key), str | Path)), None)
    if "scratch" in options and path is not None:
        return Scratch(Path(path), tuple((options["scratch"] or {}).get("continued_over", ())))
    if getattr(dataset, "_EPHEMERAL", False):
        return Memory()
    kind = type(dataset).__name__
    if path is None or any(part in kind for part in _NOT_IN_THE_FILE):
        return Opaque(f"{kind} does not load a file")
    protocol, local = get_protocol_and_path(path)
    if protocol != "file":
        return Opaque(f"it is at {protocol}://; only local files can be compared")
    companions = tuple(getattr(dataset, "COMPANIONS", ()))
    return Files(Path(local), is_versioned, pinned, str(config.get("filename_suffix") or ""), companions)


def _comparable(value: Any, key: object = None) -> Any:  # noqa: ANN401  any configuration
    """Replaces classes by their names and secrets by digests."""
    if isinstance(value, Mapping):
        return {key: _comparable(entry, key) for key, entry in value.items() if key not in _LEFT_OUT}
    if isinstance(value, list):
        return [_comparable(entry) for entry in value]
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, AbstractDataset):
        return _comparable(value._init_config())
    is_secret = isinstance(key, str) and isinstance(value, str) and _SECRET.search(key)
    return digest(["secret", value]) if is_secret else value
