"""The statements of a project, and what each leads to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gan_pipelines.incremental.code.effects import Effects
from gan_pipelines.incremental.code.finding import Origin
from gan_pipelines.incremental.code.modules import ImportBinding, Module, Unit
from gan_pipelines.incremental.code.normal_form import digest_of
from gan_pipelines.incremental.code.occurrences import Occurrence
from gan_pipelines.incremental.code.resolving import Name, Resolver
from gan_pipelines.incremental.code.scopes import Import
from gan_pipelines.incremental.code.searching import (
    environment_variable,
    is_search,
    is_search_in_own_module,
    reads_docstrings,
    reads_source,
)

_STARTED_BY_KEDRO = (".settings", ".pipeline_registry")
"""Modules of a project's package that every run imports."""

_DOCSTRING = "__doc__"


@dataclass
class Links:
    """What a statement leads to.

    Args:
        names: Of the project.
        bindings: Imports on the way there.
        modules: Of the project, that are used as values: all of each counts. With the places.
        unbound: Modules of the project that lack a name: all of each counts. With the places.
        imports: What it imports when it runs.
        packages: Third-party modules.
        environment: Environment variables.
        searches: Places from which any code of the project may be reached.
        reads_docstrings: Where it asks for a docstring.
        reads_source: Where it asks for the text of code.
    """

    names: set[Name] = field(default_factory=set)
    bindings: set[ImportBinding] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=dict)
    unbound: dict[str, str] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    packages: set[str] = field(default_factory=set)
    environment: set[str] = field(default_factory=set)
    searches: list[str] = field(default_factory=list)
    reads_docstrings: list[str] = field(default_factory=list)
    reads_source: list[str] = field(default_factory=list)


class Graph:
    """The statements of a project, and what each leads to.

    Args:
        resolver: The project.
        project: Files inside are named relative to it.
    """

    def __init__(self, resolver: Resolver, project: Path) -> None:
        self.resolver = resolver
        self.effects = Effects(resolver)
        self._project = project
        self._links: dict[Unit, Links] = {}
        self._digests: dict[tuple[Unit, bool], str] = {}
        self._closures: dict[bool, set[str]] = {}
        self._files: dict[str, str] = {}
        self._run: dict[str, set[str]] = {}

    def links(self, unit: Unit) -> Links:
        """Returns what a statement leads to."""
        if unit not in self._links:
            self._links[unit] = links = Links()
            module = self.resolver.loaded[unit.module]
            walk = self.effects.walk(unit, with_bodies=True)
            links.imports = walk.imports
            for target in walk.imports:
                self._add_package(links, target.module)
            for attribute, line in walk.searches.items():
                found = links.reads_docstrings if attribute == _DOCSTRING else links.searches
                found.append(f"{attribute} at {self.file(module)}:{line}")
            for occurrence in walk.found:
                self._add(links, module, occurrence)
        return self._links[unit]

    def digest(self, unit: Unit, with_docstrings: bool) -> str:
        """Returns the digest of a statement's syntax tree."""
        key = unit, with_docstrings
        if key not in self._digests:
            self._digests[key] = digest_of(unit.node, with_docstrings=with_docstrings)
        return self._digests[key]

    def file(self, module: Module) -> str:
        """Returns the file of a module, relative to the project if it lies inside."""
        if module.name not in self._files:
            is_inside = module.path.is_relative_to(self._project)
            self._files[module.name] = (module.path.relative_to(self._project) if is_inside else module.path).as_posix()
        return self._files[module.name]

    def packages_run_by(self, name: str) -> set[str]:
        """Returns the packages that a module imports only for what they do when they are imported."""
        if name not in self._run:
            module = self.resolver.loaded[name]
            self._run[name] = {
                str(binding.target).partition(".")[0]
                for binding in _plain_imports(module)
                if self.resolver.finder.origin(binding.target.module) is Origin.PACKAGE
                and len(re.findall(rf"\b{binding.name}\b".encode(), module.content)) == 1
            }
        return self._run[name]

    def started_by_kedro(self, with_functions: bool) -> set[str]:
        """Returns the modules that every run imports; with those that the functions of these import, if asked for."""
        if with_functions not in self._closures:
            starts = self._starts()
            self._closures[with_functions] = self.resolver.import_closure(starts, with_functions)
        return self._closures[with_functions]

    def _starts(self) -> list[str]:
        names = [module.name for module in self.resolver.all_modules]
        starts = [name for name in names if name.count(".") == 1 and name.endswith(_STARTED_BY_KEDRO)]
        for name in [name for name in starts if name.endswith(".pipeline_registry")]:
            if b"find_pipelines" in self.resolver.loaded[name].content:
                prefix = f"{name.partition('.')[0]}.pipelines."
                starts += [each for each in names if each.startswith(prefix) and each.count(".") == prefix.count(".")]
        return starts

    def _add_package(self, links: Links, dotted: str) -> None:
        if self.resolver.finder.origin(dotted) is Origin.PACKAGE:
            links.packages.add(dotted.partition(".")[0])

    def _add(self, links: Links, module: Module, occurrence: Occurrence) -> None:
        found = self.resolver.resolve(module, occurrence.chain)
        links.bindings.update(found.bindings)
        links.names.update(name for name, _ in found.names)
        place = f"{self.file(module)}:{occurrence.line}"
        for name in found.modules:
            links.modules.setdefault(name, place)
        for name, attribute in found.unbound:
            links.unbound.setdefault(name, f"{attribute} at {place}")
        for external in found.externals:
            self._add_external(links, module, occurrence, external)

    def _add_external(self, links: Links, module: Module, occurrence: Occurrence, external: str) -> None:
        self._add_package(links, external)
        variable = environment_variable(external, occurrence)
        if variable is not None:
            links.environment.add(variable)
        place = f"{self.file(module)}:{occurrence.line}"
        what = f"{external.removeprefix('builtins.')} at {place}"
        if is_search(external, occurrence):
            links.searches.append(what)
        if reads_docstrings(external):
            links.reads_docstrings.append(what)
        if reads_source(external):
            links.reads_source.append(what)
        if is_search_in_own_module(external, occurrence):
            links.modules.setdefault(module.name, place)


def _plain_imports(module: Module) -> Iterator[ImportBinding]:
    for bindings in module.bindings.values():
        for binding in bindings:
            if isinstance(binding, ImportBinding) and binding.target.name is None:
                yield binding
