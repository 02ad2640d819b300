"""Versions of installed packages and their requirements."""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Iterable
from email.parser import HeaderParser
from functools import cache
from pathlib import Path

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ONLY_FOR_AN_EXTRA = re.compile(r";.*\bextra\b")
_FILE_LISTS = ("top_level.txt", "RECORD", "SOURCES.txt")


class Installed:
    """The installed distributions, each read once."""

    def __init__(self) -> None:
        self._read = cache(_read)
        self._providers = cache(_providers)

    def versions(self, modules: Iterable[str]) -> dict[str, str]:
        """Returns the versions of the distributions of top-level modules and of their transitive requirements.

        Requirements of extras and missing ones are left out. A module without a distribution has its name in angle
        brackets and a digest of its files.
        """
        pending: list[str] = []
        found: dict[str, str] = {}
        for module in sorted(set(modules)):
            name = _normalised(module)  # most distributions have their module's name; for others all are searched
            distributions = [name] if self._read(name) else self._providers(module)
            pending.extend(distributions)
            if not distributions:
                found.update(_version_of_files(module))
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            metadata = None if name in seen else self._read(name)
            seen.add(name)
            if metadata is not None:
                found[name], required = metadata
                pending.extend(required)
        return dict(sorted(found.items()))

    def now(self, name: str) -> str | None:
        """Returns the current version of a name that `versions` returned; None if it is no longer installed."""
        if name.startswith("<"):
            return _version_of_files(name[1:-1]).get(name)
        metadata = self._read(name)
        return metadata[0] if metadata else None


def _normalised(name: str) -> str:
    """Returns the normalised name of a distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(name: str) -> tuple[str, list[str]] | None:
    """Returns a distribution's version and requirements; None if it is not installed."""
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    header = HeaderParser().parsestr(text.partition("\n\n")[0])  # without the long description
    required = [each for each in header.get_all("Requires-Dist", ()) if not _ONLY_FOR_AN_EXTRA.search(each)]
    names = [matched[0] for each in required if (matched := _REQUIREMENT.match(each))]
    return header.get("Version", ""), [_normalised(name) for name in names]


def _providers(module: str) -> list[str]:
    """Returns the distributions that contain a module; `packages_distributions` takes ten times as long."""
    return sorted({_normalised(each.name) for each in importlib.metadata.distributions() if _provides(each, module)})


def _provides(distribution: importlib.metadata.Distribution, module: str) -> bool:
    listing = next((text for name in _FILE_LISTS if (text := distribution.read_text(name)) is not None), "")
    return any(f"\n{module}{end}" in f"\n{listing}" for end in "/.\n")


def _version_of_files(module: str) -> dict[str, str]:
    """Returns the digest of a module's Python files by ``<module>``; empty if there are none."""
    for folder in dict.fromkeys(sys.path):
        place = Path(folder or os.curdir, module)
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_name(f"{module}.py")]
        files = [file for file in files if file.is_file()]
        if files:
            digest = hashlib.sha256()
            for file in files:
                digest.update(f"{file.relative_to(place.parent).as_posix()}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
            return {f"<{module}>": digest.hexdigest()}
    return {}


def is_missing(module: str) -> bool:
    """Whether no module of this top-level name can be imported."""
    try:
        return module not in sys.modules and importlib.util.find_spec(module) is None
    except (ValueError, ImportError):
        return False
