"""Where modules come from: the project, installed packages, or Python itself."""

import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

_INSTALLED = {"site-packages", "dist-packages"}
_OWN_PACKAGE = __name__.rpartition(".code.")[0]
"""What compares code counts for no node, wherever it is installed: it does not change what nodes compute."""

_SUFFIXES = (".py", *importlib.machinery.EXTENSION_SUFFIXES)


class Origin(Enum):
    """Who is responsible for a module."""

    PROJECT = "project"
    PACKAGE = "package"
    PYTHON = "python"


class ModuleFinder:
    """Finds the files of modules without importing any.

    Args:
        source_roots: Folders of the project's own code. Other code that is not installed, such as a package that is
            linked from elsewhere, counts as the project's, too.
    """

    def __init__(self, source_roots: Sequence[Path]) -> None:
        self.source_roots = [Path(os.path.realpath(root)) for root in source_roots]
        self._tops: dict[str, tuple[Origin, list[Path]]] = {}

    def origin(self, module: str) -> Origin:
        """Returns where a module comes from, by its dotted name. What is not installed is taken for a package."""
        if f"{module}.".startswith(f"{_OWN_PACKAGE}."):
            return Origin.PYTHON
        return self._top(module.partition(".")[0])[0]

    def find(self, module: str) -> Path | None:
        """Returns the file of a project module; its folder, if it is a package without code; or None."""
        if self.origin(module) is not Origin.PROJECT:
            return None
        top, *rest = module.split(".")
        _, places = self._top(top)
        for place in places:
            found = _module_at(place.joinpath(*rest)) if rest else _module_at(place)
            if found is not None:
                return found
        return None

    def name_of(self, file: Path) -> str | None:
        """Returns the dotted name of a file of the project's; None if it is not the project's."""
        for root in self.source_roots:
            if file.is_relative_to(root):
                return _dotted(file.relative_to(root))
        if _is_installed(file) or _is_pythons(file) or not file.is_file():
            return None
        root = file.parent
        while (root / "__init__.py").is_file():
            root = root.parent
        name = _dotted(file.relative_to(root))
        top = name.partition(".")[0]
        if self._top(top)[0] is not Origin.PROJECT:
            self._tops[top] = Origin.PROJECT, [root / top]
        return name

    def all_modules(self) -> Iterator[str]:
        """Yields the names of all modules below the source roots, and of those of the project's code elsewhere."""
        for root in self.source_roots:
            yield from _modules_below(root, root)
        for origin, places in list(self._tops.values()):
            for place in places if origin is Origin.PROJECT else ():
                if not any(place.is_relative_to(root) for root in self.source_roots):
                    yield from _modules_below(place, place.parent) if place.is_dir() else [place.name]

    def _top(self, name: str) -> tuple[Origin, list[Path]]:
        if name not in self._tops:
            self._tops[name] = self._locate(name)
        return self._tops[name]

    def _locate(self, name: str) -> tuple[Origin, list[Path]]:
        places = [root / name for root in self.source_roots]
        if any(_module_at(place) is not None for place in places):
            return Origin.PROJECT, places
        if name in sys.stdlib_module_names or name in sys.builtin_module_names:
            return Origin.PYTHON, []
        elsewhere = [Path(os.path.realpath(place)) for place in _search(name)]
        if not elsewhere or any(_is_installed(place) for place in elsewhere):
            return Origin.PACKAGE, []
        return (Origin.PYTHON if any(map(_is_pythons, elsewhere)) else Origin.PROJECT), elsewhere


def _search(name: str) -> list[Path]:
    """Returns the places of a top-level module, without the suffix, as any finder of this process knows them."""
    for finder in sys.meta_path:
        specification = finder.find_spec(name, None)
        if specification is None:
            continue
        if specification.submodule_search_locations is not None:
            return [Path(place) for place in specification.submodule_search_locations]
        return [Path(specification.origin).parent / name] if specification.has_location and specification.origin else []
    return []


def _module_at(place: Path) -> Path | None:
    """Returns the file of the module of which the path without suffix is given; a folder if there is only that."""
    for base in (place / "__init__", place):
        for suffix in _SUFFIXES:
            file = base.with_name(base.name + suffix)
            if file.is_file():
                return file
    return place if place.is_dir() else None


def _modules_below(folder: Path, root: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name.isidentifier() and name not in {"__pycache__", "node_modules"}
        )
        for name in sorted(files):
            module = _dotted(Path(where, name).relative_to(root)) if name.endswith(".py") else ""
            if module and all(part.isidentifier() for part in module.split(".")):
                yield module


def _dotted(file: Path) -> str:
    parts = [*file.parts[:-1], file.name.partition(".")[0]]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _is_installed(path: Path) -> bool:
    return not _INSTALLED.isdisjoint(path.parts)


def _is_pythons(path: Path) -> bool:
    return path.is_relative_to(os.path.realpath(Path(os.__file__).parent))


def installed_top(file: Path) -> str | None:
    """Returns the top-level module that an installed file belongs to; None for a file of Python's own."""
    for index, part in enumerate(file.parts[:-1]):
        if part in _INSTALLED:
            return file.parts[index + 1].partition(".")[0]
    return None
