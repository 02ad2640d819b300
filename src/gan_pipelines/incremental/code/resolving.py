"""What names stand for, across modules."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from gan_pipelines.incremental.code.finding import ModuleFinder, Origin
from gan_pipelines.incremental.code.modules import WHOLE, ImportBinding, Module, read_module
from gan_pipelines.incremental.code.occurrences import Chain
from gan_pipelines.incremental.code.scopes import Import, imported

Name = tuple[str, str]
"""A module of the project, and a name that it binds."""

_WRITTEN_BY_PYTHON = {"__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__"}
_WRITTEN_BY_NAME = re.compile(rb"\b(globals|locals|vars)\(\)")
"""A module that may bind names in ways that no statement shows."""


@dataclass
class Resolution:
    """What a chain of names stands for; all of it, if several are possible.

    Args:
        bindings: Imports that are passed on the way.
        names: Of the project, each with the attributes that are taken of its value.
        modules: Of the project, as values.
        externals: Dotted names outside the project.
        unbound: Names of the project that no statement binds; those of ``names`` that code must have made otherwise.
    """

    bindings: list[ImportBinding] = field(default_factory=list)
    names: list[tuple[Name, tuple[str, ...]]] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    externals: list[str] = field(default_factory=list)
    unbound: list[Name] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.bindings or self.names or self.modules or self.externals)


class Resolver:
    """The modules of a project, each read at most once.

    Args:
        finder: Finds their files.
    """

    def __init__(self, finder: ModuleFinder) -> None:
        self.finder = finder
        self.loaded: dict[str, Module] = {}
        self._missing: set[str] = set()
        self._imported: dict[str, list[str]] = {}
        self._resolutions: dict[tuple[str, Chain], Resolution] = {}

    def module(self, name: str) -> Module | None:
        """Returns a module of the project; None if there is no such one."""
        if name not in self.loaded and name not in self._missing:
            path = self.finder.find(name)
            if path is None:
                self._missing.add(name)
            else:
                self.loaded[name] = read_module(name, path)
        return self.loaded.get(name)

    @cached_property
    def all_modules(self) -> list[Module]:
        """All modules of the project, by name."""
        below = {name: self.module(name) for name in self.finder.all_modules()}
        for module in [*below.values()]:
            for target in module.imports if module else ():
                self.finder.origin(target.module)  # so that the finder knows of code elsewhere
        below.update((name, self.module(name)) for name in self.finder.all_modules())
        return [module for _, module in sorted(below.items()) if module is not None]

    def imported_modules(self, imports: Iterable[Import]) -> Iterator[str]:
        """Yields the project's modules that run when these are imported; the packages around them, too."""
        for target in imports:
            if self.finder.origin(target.module) is not Origin.PROJECT:
                continue
            parts = target.module.split(".")
            candidates = [".".join(parts[: index + 1]) for index in range(len(parts))]
            if target.name:
                candidates.append(str(target))
            yield from (name for name in candidates if self.module(name) is not None)

    def import_closure(self, modules: Iterable[str], with_functions: bool = False) -> set[str]:
        """Returns the modules that run when these are imported.

        Args:
            modules: Names of modules of the project.
            with_functions: Whether all functions count as called.
        """
        pending = [*modules]
        reached: set[str] = set()
        while pending:
            name = pending.pop()
            module = self.module(name)
            if module is None or name in reached:
                continue
            reached.add(name)
            pending.extend(self._imported_by(module))
            if with_functions:
                pending.extend(self.imported_modules(_all_imports(module)))
        return reached

    def _imported_by(self, module: Module) -> list[str]:
        if module.name not in self._imported:
            imports = [*module.imports, Import(module.package)] if module.package else module.imports
            self._imported[module.name] = [*self.imported_modules(imports)]
        return self._imported[module.name]

    def resolve(self, module: Module, chain: Chain) -> Resolution:
        """Returns what a chain of names stands for in a module."""
        key = module.name, chain
        if key not in self._resolutions:
            self._resolutions[key] = found = Resolution()
            root, attributes = chain
            if isinstance(root, Import):
                self._import(root, attributes, found, set())
            else:
                self._name(module, (root, *attributes), found, set())
                if found.is_empty and hasattr(builtins, root):
                    found.externals.append(".".join(["builtins", root, *attributes]))
                elif found.is_empty:
                    found.names.append(((module.name, root), attributes))
                    if _WRITTEN_BY_NAME.search(module.content):
                        found.unbound.append((module.name, root))
        return self._resolutions[key]

    def may_give(self, star: str, name: str) -> bool:
        """Whether ``from ... import *`` of a module may bind a name; anything may come from outside the project."""
        if self.finder.origin(star) is not Origin.PROJECT:
            return True
        source = self.module(star)
        return source is not None and self._name(source, (name,), Resolution(), set())

    def _import(self, target: Import, attributes: tuple[str, ...], found: Resolution, seen: set[object]) -> None:
        path = (target.name, *attributes) if target.name else attributes
        if self.finder.origin(target.module) is not Origin.PROJECT:
            found.externals.append(".".join([target.module, *path]))
            return
        module = self.module(target.module)
        if module is not None:
            self._named_in(module, path, found, seen)

    def _named_in(self, module: Module, path: tuple[str, ...], found: Resolution, seen: set[object]) -> None:
        """Adds what is taken by name from a module, and whether nothing binds it there."""
        is_new = (module.name, path) not in seen
        if not self._name(module, path, found, seen) and is_new and path[0] not in _WRITTEN_BY_PYTHON:
            found.names.append(((module.name, path[0]), path[1:]))
            found.unbound.append((module.name, path[0]))

    def _name(self, module: Module, path: tuple[str, ...], found: Resolution, seen: set[object]) -> bool:
        """Adds what a module calls by a name; returns whether there is anything."""
        if not path or path[0] == "__dict__":
            found.modules.append(module.name)
            return True
        if (module.name, path) in seen:
            return False
        seen.add((module.name, path))
        name, rest = path[0], path[1:]
        if module.tree is None:
            found.names.append(((module.name, WHOLE), ()))
            return True
        is_found = self._own_name(module, name, rest, found, seen)
        is_found |= self._starred_name(module, path, found, seen)
        if not is_found and name != "__getattr__" and module.units_of("__getattr__"):
            found.names.append(((module.name, "__getattr__"), ()))
            return True
        return is_found

    def _own_name(self, module: Module, name: str, rest: tuple[str, ...], found: Resolution, seen: set[object]) -> bool:
        for binding in module.bindings.get(name, ()):
            if isinstance(binding, ImportBinding):
                found.bindings.append(binding)
                self._import(binding.target, rest, found, seen)
        is_defined = bool(module.units_of(name))
        if is_defined:
            found.names.append(((module.name, name), rest))
        submodule = self.module(f"{module.name}.{name}") if module.is_package and not is_defined else None
        if submodule is not None:
            self._named_in(submodule, rest, found, seen)
        return name in module.bindings or submodule is not None

    def _starred_name(self, module: Module, path: tuple[str, ...], found: Resolution, seen: set[object]) -> bool:
        """Adds what a module got by ``from ... import *``; anything may come from a module outside the project."""
        is_found = False
        for _, star in module.stars:
            if self.finder.origin(star) is not Origin.PROJECT:
                if path[0] not in module.bindings and not hasattr(builtins, path[0]):
                    found.externals.append(".".join([star, *path]))
                    is_found = True
                continue
            source = self.module(star)
            if source is not None and self._name(source, path, found, seen):
                is_found = True
                found.names.append(((module.name, path[0]), path[1:]))
                if source.units_of("__all__"):
                    found.names.append(((star, "__all__"), ()))
        return is_found


def _all_imports(module: Module) -> Iterator[Import]:
    for node in ast.walk(module.tree) if module.tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (target for _, target in imported(node, module.package))
