"""Where the content of a catalog entry lies."""

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
"""The key below a catalog entry's ``metadata`` that is read here."""

_LOCATIONS = ("filepath", "path")
_LEFT_OUT = ("credentials", "metadata", "versioned")
_SECRET = re.compile("password|passwd|secret|token|api_?key|access_?key|connection_?string", re.IGNORECASE)
"""Settings of such names are remembered as digests."""
_NOT_IN_THE_FILE = ("API", "SQL", "Query", "GBQ", "IncrementalDataset")
"""Parts of the names of dataset classes whose file, if they have one, is not what they load."""


@dataclass(frozen=True)
class Files:
    """A file or a folder on a local disk.

    Args:
        base: The configured path.
        is_versioned: Whether versions lie below it, as ``<base>/<version>/<name>``.
        pinned: The version to load; None for the newest.
        ending: How the names of the files in a folder end that count.
        companions: What is added to a file's name to get those of the files that belong to it.
    """

    base: Path
    is_versioned: bool = False
    pinned: str | None = None
    ending: str = ""
    companions: tuple[str, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """The configured path, and those of the files that belong to it."""
        return [self.base, *(self.base.with_name(self.base.name + suffix) for suffix in self.companions)]

    def loaded(self) -> Path | None:
        """Returns the path from which the dataset loads now; None if there is no version."""
        if self.is_versioned and self.pinned:
            return self.version(self.pinned)
        return self.newest()

    def newest(self) -> Path | None:
        """Returns the path of the newest version, or the configured one without versions."""
        if not self.is_versioned:
            return self.base
        return max(self.base.glob(f"*/{escape(self.base.name)}"), default=None, key=lambda path: path.as_posix())

    def version(self, version: str) -> Path:
        """Returns the path to which the dataset saves in a session of this name."""
        return self.base / version / self.base.name if self.is_versioned else self.base

    def listing(self, path: Path | None) -> dict[str, Path]:
        """Returns the files that lie at a path, by what is added to it to get theirs."""
        if path is None:
            return {}
        if path.is_dir():
            files = (file for file in _files_below(path) if file.name.endswith(self.ending))
            return {f"/{file.relative_to(path).as_posix()}": file for file in files}
        names = {suffix: path.with_name(path.name + suffix) for suffix in ("", *self.companions)}
        return {suffix: file for suffix, file in names.items() if file.is_file()}

    def file(self, path: Path, suffix: str) -> Path:
        """Returns the file of a listing that has this suffix."""
        return path / suffix[1:] if suffix.startswith("/") else path.with_name(path.name + suffix)


def _files_below(folder: Path) -> list[Path]:
    """Returns the files in a folder and in those below it, links to folders included, each folder once."""
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
    """A Python object that lives as long as the run."""


@dataclass(frozen=True)
class Declared:
    """A content that the catalog states: ``metadata: {incremental: {content: …}}``."""

    content: Canonical


@dataclass(frozen=True)
class Scratch:
    """A folder for unfinished work, no content: ``metadata: {incremental: {scratch: {…}}}``.

    It belongs to the key of the node that takes it: before the node runs, the dataset's method ``use_folder(name)`` is
    told in which folder below its path this node's work lies.

    Args:
        base: The configured path.
        continued_over: Names of parameters that may change without the work's being begun anew.
    """

    base: Path
    continued_over: tuple[str, ...]

    @property
    def paths(self) -> list[Path]:
        """The configured path."""
        return [self.base]


@dataclass(frozen=True)
class Opaque:
    """A content that cannot be known without loading it, with the reason."""

    reason: str


Storage: TypeAlias = Files | Memory | Declared | Scratch | Opaque


@dataclass(frozen=True)
class Entry:
    """What is known of a catalog entry.

    Args:
        dataset: The dataset itself; of one that is only cached in memory, the dataset behind.
        storage: Where its content lies.
        settings: Its configuration without location, credentials and version.
        location: Its path relative to the project, or the endings of its name; empty without a file.
    """

    dataset: AbstractDataset[Any, Any]
    storage: Storage
    settings: Canonical
    location: str

    @property
    def is_memory(self) -> bool:
        """Whether it lives in memory only."""
        return isinstance(self.storage, Memory)


def describe(name: str, catalog: CatalogProtocol, project: Path) -> Entry:
    """Finds out where a catalog entry's content lies, without loading it."""
    dataset: Any = catalog.get(name, fallback_to_runtime_pattern=True)
    is_versioned = False
    config = dataset._init_config()
    if type(dataset).__name__ == "CachedDataset":
        dataset, is_versioned = dataset._dataset, bool(config.get("versioned"))
        config = dataset._init_config()
    is_versioned = is_versioned or bool(config.get("versioned"))
    options = (getattr(dataset, "metadata", None) or {}).get(OPTIONS) or {}
    pins = getattr(catalog, "_load_versions", {})
    storage = _storage(dataset, config, options, is_versioned, pins.get(name))
    settings, problem = (None, "") if isinstance(storage, Memory) else _settings(config)
    if problem and isinstance(storage, Files):
        storage = Opaque(f"its configuration holds {problem}")
    return Entry(dataset, storage, settings, _location(storage, project))


def _storage(
    dataset: Any,  # noqa: ANN401  of any class
    config: Mapping[str, Any],
    options: Mapping[str, Any],
    is_versioned: bool,
    pinned: str | None,
) -> Storage:
    if "content" in options:
        return Declared(canonical(options["content"]))
    path = next((str(config[key]) for key in _LOCATIONS if isinstance(config.get(key), str | Path)), None)
    if "scratch" in options and path is not None:
        return Scratch(Path(path), tuple((options["scratch"] or {}).get("continued_over", ())))
    if getattr(dataset, "_EPHEMERAL", False):
        return Memory()
    kind = type(dataset).__name__
    if path is None or any(part in kind for part in _NOT_IN_THE_FILE):
        return Opaque(f"what {kind} loads lies in no file of its own")
    protocol, local = get_protocol_and_path(path)
    if protocol != "file":
        return Opaque(f"it lies at {protocol}://, and only local files are compared")
    companions = tuple(getattr(dataset, "COMPANIONS", ()))
    return Files(Path(local), is_versioned, pinned, str(config.get("filename_suffix") or ""), companions)


def _settings(config: Mapping[str, Any]) -> tuple[Canonical, str]:
    """Returns a configuration as a canonical value, and what in it is none."""
    try:
        shown = {key: entry for key, entry in config.items() if key not in _LOCATIONS}
        return canonical(_without_secrets(shown)), ""
    except UnfingerprintableError as error:
        return None, str(error)


def _without_secrets(value: Any) -> Any:  # noqa: ANN401  any configuration
    if isinstance(value, Mapping):
        return {key: _without_secret(key, entry) for key, entry in value.items() if key not in _LEFT_OUT}
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, AbstractDataset):
        return _without_secrets(value._init_config())
    return [_without_secrets(entry) for entry in value] if isinstance(value, list) else value


def _without_secret(key: object, entry: Any) -> Any:  # noqa: ANN401  any configuration
    if isinstance(key, str) and isinstance(entry, str) and _SECRET.search(key):
        return digest(["secret", entry])
    return _without_secrets(entry)


def _location(storage: Storage, project: Path) -> str:
    if not isinstance(storage, Files | Scratch):
        return ""
    return (storage.base.relative_to(project) if storage.base.is_relative_to(project) else storage.base).as_posix()
