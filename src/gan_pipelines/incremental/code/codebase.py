"""Fingerprints of a project's Python code."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from gan_pipelines.incremental.code.effects import Effects
from gan_pipelines.incremental.code.finding import ModuleFinder, Name, Origin, Resolver
from gan_pipelines.incremental.code.live import Description
from gan_pipelines.incremental.code.modules import FORMAT, Module, read_module
from gan_pipelines.incremental.code.reaching import CodeFingerprint, Reach


class Codebase:
    """The project's Python code, parsed without importing it.

    Args:
        project: Folder that file names are relative to.
        source_roots: Folders with the project's packages.
        packages: Folders of the project's installed packages, by name.
        kept: Cache of parsed files; modules parsed here are added.
        sha256: Returns the digest of a file. Default: `kept` is not used.
    """

    def __init__(
        self,
        project: Path,
        source_roots: Sequence[Path],
        packages: Mapping[str, Path] | None = None,
        kept: MutableMapping[str, Any] | None = None,
        sha256: Callable[[Path], str] | None = None,
    ) -> None:
        self.finder = ModuleFinder(project, source_roots, packages)
        self._project = project
        self._sha256 = sha256
        self._kept = {} if kept is None else kept
        self._resolver = Resolver(self.finder, self._read)
        self._effects = Effects(self._resolver)
        self._keys: list[str] = []
        self._is_changed = False
        self._functions: dict[int, tuple[object, CodeFingerprint]] = {}

    def fingerprint(self, function: object) -> CodeFingerprint:
        """Returns the fingerprint of a function, class or callable object."""
        known = self._functions.get(id(function))
        if known is None or known[0] is not function:
            reach = self._reach()
            values, unknown = Description(self._resolver, reach, self._project).of(function)
            known = self._functions[id(function)] = function, reach.fingerprint(values, unknown)
        return known[1]

    def files_read(self) -> list[str]:
        """Returns the cache keys in use if a file was parsed that was not in the cache; else nothing."""
        return self._keys if self._is_changed else []

    def binds(self, module_name: str, name: str) -> bool:
        """Whether a statement of a module of the project binds a name."""
        module = self._resolver.module(module_name)
        return module is not None and module.binds(name)

    def is_own(self, kind: type | ModuleType) -> bool:
        """Whether a class or module belongs to the project."""
        name = kind.__name__ if isinstance(kind, ModuleType) else kind.__module__
        return self.finder.origin(name) is Origin.PROJECT

    def of_names(self, names: Sequence[Name]) -> CodeFingerprint:
        """Returns the fingerprint of names of the project; an empty name means the whole module."""
        reach = self._reach()
        for module, name in names:
            if name:
                reach.add_name((module, name))
            else:
                reach.add_module(module, f"{module} was imported while the node ran")
        return reach.fingerprint()

    def of_texts(self, texts: Sequence[str]) -> CodeFingerprint:
        """Returns the fingerprint of the project's code whose dotted names are among these texts."""
        reach = self._reach()
        for text in texts:
            reach.add_found(self._resolver.text(text), "by its name in a parameter")
        return reach.fingerprint()

    def statement(self, module_name: str, name: str) -> CodeFingerprint:
        """Returns the fingerprint of the statements that bind a name, without the rest of their module."""
        reach = self._reach()
        for unit in self._resolver.units((module_name, name)):
            reach.add_unit(unit, alone=True)
        return reach.fingerprint()

    def _reach(self) -> Reach:
        return Reach(self._resolver, self._effects)

    def _read(self, name: str, path: Path) -> Module:
        """Parses a module unless it is in the cache."""
        if self._sha256 is None or path.is_dir():
            return read_module(name, path)
        key = f"{self._sha256(path)} {name} {path.name}"
        self._keys.append(key)
        try:
            form, kept = self._kept[key]
            if form == FORMAT:
                return Module.from_json(kept)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        self._is_changed = True
        module = read_module(name, path)
        self._kept[key] = [FORMAT, module.to_json()]
        return module
