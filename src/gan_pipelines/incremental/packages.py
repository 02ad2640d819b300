"""Versions of the installed packages that code uses, with all that these require."""

import hashlib
import importlib.metadata
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NEEDS_EXTRA = re.compile(r"\bextra\b")
_SEPARATORS = re.compile(r"[-_.]+")
_LISTINGS = ("top_level.txt", "RECORD", "SOURCES.txt")


@dataclass(frozen=True)
class _Metadata:
    version: str
    requires: tuple[str, ...]


class Installed:
    """The installed distributions; what is asked for twice is read once."""

    def __init__(self) -> None:
        self._metadata: dict[str, _Metadata | None] = {}
        self._distributions: dict[str, list[str]] = {}

    def versions(self, modules: Iterable[str]) -> dict[str, str]:
        """Returns the versions of the distributions that modules come from, and of everything that these require.

        What is required for extras only, or is not installed, is left out.

        Args:
            modules: Top-level names, as in `import`.

        Returns:
            Versions by normalised name, sorted. A module that no distribution brought has its own name in angle
            brackets, with a digest of its files.
        """
        pending: list[str] = []
        found: dict[str, str] = {}
        for module in sorted(set(modules)):
            distributions = self._distributions_of(module)
            pending.extend(distributions)
            if not distributions:
                found.update(_version_of_files(module))
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            metadata = None if name in seen else self._read(name)
            seen.add(name)
            if metadata is not None:
                found[name] = metadata.version
                pending.extend(metadata.requires)
        return dict(sorted(found.items()))

    def _read(self, name: str) -> _Metadata | None:
        if name not in self._metadata:
            self._metadata[name] = _read(name)
        return self._metadata[name]

    def _distributions_of(self, module: str) -> list[str]:
        """Returns the distributions that bring a module; most have its name, and others need a search."""
        if module not in self._distributions:
            name = normalised(module)
            self._distributions[module] = [name] if self._read(name) is not None else _bringing(module)
        return self._distributions[module]


def normalised(name: str) -> str:
    """Returns a distribution's name in the one spelling by which names are compared."""
    return _SEPARATORS.sub("-", name).lower()


def _read(name: str) -> _Metadata | None:
    """Reads a distribution's metadata."""
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    version, requires = "", []
    for line in text.partition("\n\n")[0].splitlines():  # the description that follows is long
        key, _, value = line.partition(":")
        if key == "Version":
            version = value.strip()
        elif key == "Requires-Dist":
            requirement, _, marker = value.strip().partition(";")
            matched = _REQUIREMENT.match(requirement)
            if matched and not _NEEDS_EXTRA.search(marker):
                requires.append(normalised(matched[0]))
    return _Metadata(version, tuple(requires))


def _bringing(module: str) -> list[str]:
    return sorted({normalised(each.name) for each in importlib.metadata.distributions() if _brings(each, module)})


def _brings(distribution: importlib.metadata.Distribution, module: str) -> bool:
    starts = (f"{module}/", f"{module}.")
    for listing in _LISTINGS:
        text = distribution.read_text(listing)
        if text is not None:
            padded = f"\n{text}"
            return any(f"\n{start}" in padded for start in (*starts, f"{module}\n"))
    return False


def _version_of_files(module: str) -> dict[str, str]:
    """Returns the digest of the Python files of a module that no distribution brought; nothing if there is none."""
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
