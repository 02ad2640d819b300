"""Origins of modules and resolution of names in them, without importing anything."""

import builtins
import importlib.machinery
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path

from gan_pipelines.incremental.code.modules import Module
from gan_pipelines.incremental.code.statements import ASKS_FOR_OWN_NAMES, Unit, absolute

Name = tuple[str, str]
"""Module of the project and name in it."""
INSTALLED = {"site-packages", "dist-packages"}
"""Names of folders with installed packages."""
_OWN_PACKAGE = __name__.rpartition(".code.")[0]
"""Excluded from all dependencies, because it does not change what nodes compute."""
_SUFFIXES = (".py", *importlib.machinery.EXTENSION_SUFFIXES)
_BINDS_NO = "binds no"
_MODULE_NAMES = {"__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__dict__"}


class Origin(Enum):
    """Origin of a module."""

    PROJECT = "project"
    PACKAGE = "package"
    PYTHON = "python"


@dataclass
class Found:
    """Targets of the names in a statement.

    Args:
        names: Names of the project.
        modules: Modules of the project to include as a whole, with the reason.
        externals: Dotted names outside the project.
    """

    names: set[Name] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=dict)
    externals: set[str] = field(default_factory=set)

    def add(self, other: "Found") -> None:
        """Adds the targets of another statement."""
        self.names |= other.names
        self.modules |= other.modules
        self.externals |= other.externals


class ModuleFinder:
    """Finds the files of modules. Code that is not installed, such as an editable package, belongs to the project, too.

    Args:
        project: Folder that file names are relative to.
        source_roots: Folders with the project's packages.
        packages: Folders of the project's installed packages, by name.
    """

    def __init__(self, project: Path, source_roots: Sequence[Path], packages: Mapping[str, Path] | None = None) -> None:
        self._project = Path(os.path.realpath(project))
        self._source_roots = [Path(os.path.realpath(root)) for root in source_roots]
        self._files: dict[str, str] = {}
        self._tops = {
            name: (Origin.PROJECT, [Path(os.path.realpath(folder))]) for name, folder in (packages or {}).items()
        }

    def origin(self, module: str) -> Origin:
        """Returns the origin of a module; `PACKAGE` if it is not found."""
        return Origin.PYTHON if f"{module}.".startswith(f"{_OWN_PACKAGE}.") else self._top(module)[0]

    def find(self, module: str) -> Path | None:
        """Returns the file of a module of the project, or the folder of a namespace package; None for other modules."""
        if self.origin(module) is not Origin.PROJECT:
            return None
        below = module.split(".")[1:]
        found = (_module_at(place.joinpath(*below)) for place in self._top(module)[1])
        return next((path for path in found if path is not None), None)

    def file(self, module: str) -> str:
        """Returns a module's file relative to the project or to the folder of its installed package; else absolute."""
        if module not in self._files:
            path = self.find(module) or Path(module)
            installed = [place.parent for place in self._top(module)[1] if _is_installed(path)]
            roots = [root for root in (self._project, *installed) if path.is_relative_to(root)]
            self._files[module] = (path.relative_to(roots[0]) if roots else path).as_posix()
        return self._files[module]

    def name_of(self, file: Path) -> str | None:
        """Returns the dotted name of a file of the project; None for other files."""
        own = [place.parent for origin, places in self._tops.values() if origin is Origin.PROJECT for place in places]
        for root in (*self._source_roots, *own):
            if file.is_relative_to(root) and self.origin(_dotted(file, root)) is Origin.PROJECT:
                return _dotted(file, root)
        if _is_installed(file) or _is_standard_library(file) or file.suffix != ".py" or not file.is_file():
            return None
        root = file.parent
        while (root / "__init__.py").is_file():
            root = root.parent
        name = _dotted(file, root)
        if self._top(name)[0] is not Origin.PROJECT:
            top = name.partition(".")[0]
            self._tops[top] = Origin.PROJECT, [root / top]
        return name

    def all_names(self) -> Iterator[str]:
        """Yields the names of all modules of the project."""
        for root in self._source_roots:
            yield from _modules_below(root, root)
        for origin, places in list(self._tops.values()):
            for place in places if origin is Origin.PROJECT else ():
                if not any(place.is_relative_to(root) for root in self._source_roots):
                    yield from _modules_below(place, place.parent) if place.is_dir() else [place.name]

    def _top(self, module: str) -> tuple[Origin, list[Path]]:
        """Returns the origin of a module's top-level package and its paths without suffix."""
        name = module.partition(".")[0]
        if name not in self._tops:
            self._tops[name] = self._locate(name)
        return self._tops[name]

    def _locate(self, name: str) -> tuple[Origin, list[Path]]:
        places = [root / name for root in self._source_roots]
        if any(_module_at(place) is not None for place in places):
            return Origin.PROJECT, places
        if name in sys.stdlib_module_names or name in sys.builtin_module_names:
            return Origin.PYTHON, []
        elsewhere = [Path(os.path.realpath(place)) for place in _search(name)]
        if not elsewhere or any(map(_is_installed, elsewhere)):
            return Origin.PACKAGE, []
        return (Origin.PYTHON if any(map(_is_standard_library, elsewhere)) else Origin.PROJECT), elsewhere


class Resolver:
    """Resolves names in the project's modules; `read` parses a module by name and file, at most once."""

    def __init__(self, finder: ModuleFinder, read: Callable[[str, Path], Module]) -> None:
        self.finder = finder
        self._read = read
        self._modules: dict[str, Module | None] = {}
        self._found: dict[Unit, Found] = {}

    def module(self, name: str) -> Module | None:
        """Returns a module of the project; None if there is none of this name."""
        if name not in self._modules:
            path = self.finder.find(name)
            try:
                self._modules[name] = None if path is None else self._read(name, path)
            except OSError:  # a dangling link, or a file that was just deleted
                self._modules[name] = None
        return self._modules[name]

    @cached_property
    def all_modules(self) -> list[Module]:
        """All modules of the project, by name."""
        modules = map(self.module, sorted(set(self.finder.all_names())))
        return [module for module in modules if module is not None]

    def units(self, name: Name) -> list[Unit]:
        """Returns the statements that bind a name, other than imports."""
        module = self.module(name[0])
        return module.bound.get(name[1], []) if module else []

    def found(self, unit: Unit) -> Found:
        """Returns the targets of all names in a statement, including dotted names in strings."""
        if unit not in self._found:
            self._found[unit] = found = self.resolve(unit, unit.chains)
            for word in unit.words:
                if "." in word or ":" in word:
                    found.add(self.text(word, unit.module))
            if ASKS_FOR_OWN_NAMES in unit.words:
                found.modules[unit.module] = "lists its names"
        return self._found[unit]

    def resolve(self, unit: Unit, chains: Iterable[str]) -> Found:
        """Returns the targets of chains in a statement."""
        found = Found()
        module = self.module(unit.module)
        for root, *path in (chain.split(".") for chain in chains):
            targets = [target for name, target in unit.imports if name == root]
            for target in targets:
                self._target(target, path, found, set())
            is_named = module is not None and self._named(module, root, path, found, set())
            if not is_named and not targets and hasattr(builtins, root):
                found.externals.add(".".join(["builtins", root, *path]))
        return found

    def text(self, text: str, module_name: str = "") -> Found:
        """Returns the target of a string that may be the dotted name of the project's code."""
        found = Found()
        module = self.module(module_name) if module_name else None
        name = text.lstrip(".")
        dotted = absolute(name, len(text) - len(name), module.package) if module is not None else name
        path = dotted.replace(":", ".").split(".")
        if path[0] and self.finder.origin(path[0]) is Origin.PROJECT:
            self._path(path[0], path[1:], found, set())
        return Found() if any(why.startswith(_BINDS_NO) for why in found.modules.values()) else found

    def import_closure(self, modules: Iterable[str]) -> set[str]:
        """Returns the modules of the project that importing these runs, including parent packages."""
        pending = [*modules]
        reached: set[str] = set()
        while pending:
            name = pending.pop()
            module = self.module(name) if name not in reached else None
            if module is not None:
                reached.add(name)
                pending.extend(self.run_by([*module.imported, f"{name}:"]))
        return reached

    def run_by(self, targets: Iterable[str]) -> Iterator[str]:
        """Yields the modules of the project that these imports run, including parent packages."""
        for target in targets:
            module, _, name = target.partition(":")
            if self.finder.origin(module) is not Origin.PROJECT:
                continue
            parts = module.split(".")
            candidates = [".".join(parts[: count + 1]) for count in range(len(parts))]
            candidates += [f"{module}.{name}"] if name not in {"", "*"} else []
            yield from (each for each in candidates if self.module(each) is not None)

    def _target(self, target: str, path: list[str], found: Found, seen: set[object]) -> None:
        module, _, name = target.partition(":")
        self._path(module, [name, *path] if name else path, found, seen)

    def _path(self, module_name: str, path: list[str], found: Found, seen: set[object]) -> None:
        """Adds the target of an attribute path of a module."""
        if self.finder.origin(module_name) is not Origin.PROJECT:
            found.externals.add(".".join([module_name, *path]))
            return
        module = self.module(module_name)
        if module is None or (module_name, *path) in seen:
            return
        seen.add((module_name, *path))
        if not path or path[0] == "__dict__":
            found.modules.setdefault(module_name, "is used as a value")
        elif not module.is_readable:
            found.modules.setdefault(module_name, "cannot be parsed")
        elif not self._named(module, path[0], path[1:], found, seen):
            self._unbound(module, path, found, seen)

    def _named(self, module: Module, name: str, path: list[str], found: Found, seen: set[object]) -> bool:
        """Adds the target of a name in a module; returns whether the module binds it."""
        if not module.binds(name):
            bound = [self._starred(module, star, name, path, found, seen) for star in module.stars]  # each adds targets
            return any(bound)
        found.names.add((module.name, name))
        for target in module.imports.get(name, ()):
            self._target(target, path, found, seen)
        return True

    def _starred(self, module: Module, star: str, name: str, path: list[str], found: Found, seen: set[object]) -> bool:
        """Adds the target of a name by ``from ... import *``; modules outside the project may bind any name."""
        if self.finder.origin(star) is not Origin.PROJECT:
            if hasattr(builtins, name):
                return False
            found.externals.add(f"{star}.{name}")
            return True
        source = self.module(star)
        if source is None or (star, "*", name) in seen:
            return False
        seen.add((star, "*", name))
        if not self._named(source, name, path, found, seen):
            return False
        found.names |= {(module.name, "*"), (star, "__all__")}
        return True

    def _unbound(self, module: Module, path: list[str], found: Found, seen: set[object]) -> None:
        """Adds the target of a name that no statement binds: a submodule, by ``__getattr__``, or the whole module."""
        below = f"{module.name}.{path[0]}"
        if module.is_package and self.module(below) is not None:
            self._path(below, path[1:], found, seen)
        elif "__getattr__" in module.bound:
            found.names.add((module.name, "__getattr__"))
        elif path[0] not in _MODULE_NAMES:
            found.modules.setdefault(module.name, f"{_BINDS_NO} {path[0]}")


def _search(name: str) -> list[Path]:
    """Returns the paths, without suffix, of a top-level module by the import finders of this process."""
    found = next(filter(None, (finder.find_spec(name, None) for finder in sys.meta_path)), None)
    if found is not None and found.submodule_search_locations is not None:
        return [Path(place) for place in found.submodule_search_locations]
    return [Path(found.origin).parent / name] if found is not None and found.has_location and found.origin else []


def _module_at(place: Path) -> Path | None:
    """Returns the file of a module by its path without suffix, or the folder of a namespace package."""
    for base in (f"{place}/__init__", str(place)):
        for suffix in _SUFFIXES:
            if os.path.isfile(base + suffix):  # noqa: PTH113  called for every name of every module
                return Path(base + suffix)
    return place if place.is_dir() else None


def _modules_below(folder: Path, root: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name.isidentifier() and name not in {"__pycache__", "node_modules"}]
        modules = (_dotted(Path(where, name), root) for name in files if name.endswith(".py"))
        yield from (module for module in modules if all(part.isidentifier() for part in module.split(".")))


def _dotted(file: Path, root: Path) -> str:
    parts = [*file.relative_to(root).parts[:-1], file.name.partition(".")[0]]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _is_installed(path: Path) -> bool:
    return not INSTALLED.isdisjoint(path.parts)


def _is_standard_library(path: Path) -> bool:
    return path.is_relative_to(os.path.realpath(Path(os.__file__).parent))


def installed_top(file: Path) -> str | None:
    """Returns the top-level module of an installed file; None for the standard library."""
    parts = file.parts
    return next(
        (parts[index + 1].partition(".")[0] for index, part in enumerate(parts[:-1]) if part in INSTALLED), None
    )
