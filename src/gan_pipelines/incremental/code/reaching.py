"""Everything that a piece of code can reach."""

import ast
from collections.abc import Iterable, Iterator

from gan_pipelines.incremental.code.finding import Origin
from gan_pipelines.incremental.code.fingerprints import Symbol
from gan_pipelines.incremental.code.graph import Graph
from gan_pipelines.incremental.code.modules import WHOLE, ImportBinding, Module, Unit
from gan_pipelines.incremental.code.normal_form import digest_of, text_digest
from gan_pipelines.incremental.code.resolving import Name


class Reach:
    """What has been reached from one start; more can be added.

    Args:
        graph: The project's code.
    """

    def __init__(self, graph: Graph) -> None:
        self.packages: set[str] = set()
        self.environment: set[str] = set()
        self.coarse: set[str] = set()
        self._graph = graph
        self._resolver = graph.resolver
        self._units: set[Unit] = set()
        self._bindings: set[ImportBinding] = set()
        self._names: set[Name] = set()
        self._modules: set[str] = set()
        self._starts: set[str] = set()
        self._is_all = False
        self._with_docstrings = False
        self._with_source = False

    def add_name(self, name: Name) -> None:
        """Adds what a name of the project stands for."""
        self._starts.add(name[0])
        self._follow([name])

    def add_unit(self, unit: Unit) -> None:
        """Adds a statement, and whatever else binds the names that it binds."""
        self._starts.add(unit.module)
        self._follow([*self._take(unit), *((unit.module, name) for name in unit.names)])

    def add_module(self, module: str, place: str) -> None:
        """Adds all of a module, because it is used as a value at some place."""
        self._starts.add(module)
        self._follow(self._whole(module, place))

    def finish(self) -> dict[str, Symbol]:
        """Adds what comes from importing the modules that were reached, and returns all symbols by identity."""
        if not self._names and not self._units:
            return {}
        done: set[str] = set()
        while True:
            imported = self._imported_by({*(unit.module for unit in self._units), *(name for name, _ in self._names)})
            for module in sorted(imported - done):
                self.packages |= self._graph.packages_run_by(module)
                for unit in self._graph.effects.beyond(module):
                    self._follow([*self._take(unit), *((unit.module, name) for name in unit.names)])
            if imported == done:
                return dict(sorted(self._symbols(self._imported_by(self._starts))))
            done = imported

    def _imported_by(self, modules: set[str]) -> set[str]:
        """Returns the modules that have been imported when the code of some modules runs."""
        imported = set(self._graph.started_by_kedro(with_functions=False))
        imported |= self._resolver.import_closure(modules)
        while True:
            late = {
                target for unit in self._units if unit.module in imported for target in self._graph.links(unit).imports
            }
            more = self._resolver.import_closure(self._resolver.imported_modules(late)) - imported
            if not more:
                return imported
            imported |= more

    def _follow(self, pending: list[Name]) -> None:
        while pending:
            name = pending.pop()
            if name in self._names:
                continue
            self._names.add(name)
            module = self._resolver.module(name[0])
            if module is not None and module.tree is None:
                self.coarse.add(f"{self._graph.file(module)} cannot be read as Python: the file counts as it is")
            units = module.units_of(name[1]) if module else []
            for unit in [*units, *self._graph.effects.on(name)]:
                pending.extend(self._take(unit))

    def _take(self, unit: Unit) -> list[Name]:
        """Adds a statement; returns the names that it leads to."""
        if unit in self._units:
            return []
        self._units.add(unit)
        links = self._graph.links(unit)
        self._bindings |= links.bindings
        self.packages |= links.packages
        self.environment |= links.environment
        names = sorted(links.names - self._names)
        for place in links.reads_docstrings:
            self._with_docstrings = True
            self.coarse.add(f"{place}: docstrings count")
        for place in links.reads_source:
            self._with_source = True
            self.coarse.add(f"{place}: the text of all files that count does")
        for place in links.searches:
            self.coarse.add(f"{place}: the whole project counts")
            names.extend(self._everything())
        for module, place in links.modules.items():
            names.extend(self._whole(module, place))
        for module, place in links.unbound.items():
            self.coarse.add(f"{module} binds no {place}: the whole module counts")
            names.extend(self._whole(module, place))
        return names

    def _whole(self, module_name: str, place: str) -> list[Name]:
        """Returns all names of a module, and of the modules that it gets names from."""
        names: list[Name] = []
        pending = [module_name]
        while pending:
            module = self._resolver.module(pending.pop())
            if module is None or module.name in self._modules:
                continue
            self._modules.add(module.name)
            self.coarse.add(f"{module.name} as a value at {place}: the whole module counts")
            names.extend(self._names_of(module))
            pending.extend(star for _, star in module.stars)
            if module.is_package:
                prefix = f"{module.name}."
                pending.extend(each.name for each in self._resolver.all_modules if each.name.startswith(prefix))
        return names

    def _names_of(self, module: Module) -> Iterator[Name]:
        """Adds the imports of a module, and yields the names that it defines; one for all if it cannot be read."""
        yield module.name, WHOLE
        for name, bindings in module.bindings.items():
            yield module.name, name
            for binding in bindings:
                if isinstance(binding, ImportBinding):
                    self._bindings.add(binding)
                    found = self._resolver.resolve(module, (name, ()))
                    self._bindings.update(found.bindings)
                    yield from (other for other, _ in found.names)
                    for external in found.externals:
                        self._add_package(external)
                    for whole in found.modules:
                        yield from self._whole(whole, f"{self._graph.file(module)}:{binding.first_line}")
        for unit in module.units:
            if not unit.names:
                yield from self._take(unit)

    def _everything(self) -> Iterator[Name]:
        if not self._is_all:
            self._is_all = True
            for module in self._resolver.all_modules:
                self._modules.add(module.name)
                yield from self._names_of(module)

    def _add_package(self, dotted: str) -> None:
        if self._resolver.finder.origin(dotted) is Origin.PACKAGE:
            self.packages.add(dotted.partition(".")[0])

    def _symbols(self, imported: set[str]) -> Iterator[tuple[str, Symbol]]:
        if self._is_all:
            for module in self._resolver.all_modules:
                yield f"{module.name}:whole file", self._whole_file(module)
        for module_name, name in sorted(self._names):
            broken = self._resolver.module(module_name) if name == WHOLE else None
            if broken is not None and broken.tree is None:
                yield f"{broken.name}:whole file", self._whole_file(broken)
        in_whole_files = {module.name for module in self._resolver.all_modules} if self._is_all else set()
        for binding in self._bindings:
            if binding.module not in in_whole_files:
                yield binding.identity, self._binding_symbol(binding)
        units = [unit for unit in self._units if unit.module not in in_whole_files]
        for unit in units:
            yield unit.identity, self._unit_symbol(unit, imported)
        yield from self._orders(units)
        yield from self._texts()

    def _texts(self) -> Iterator[tuple[str, Symbol]]:
        """Yields the docstrings of the modules that were reached, or their whole text."""
        if not self._with_docstrings and not self._with_source:
            return
        names = {*(name for name, _ in self._names), *(each.module for each in self._bindings), *self._modules}
        for name in sorted({*names, *(unit.module for unit in self._units)}):
            module = self._resolver.module(name)
            if module is None or module.tree is None:
                continue
            file, lines = self._graph.file(module), module.content.count(b"\n") + 1
            docstring = text_digest(ast.get_docstring(module.tree, clean=False) or "")
            yield f"{name}:docstring", Symbol(file, "docstring", 1, 1, docstring)
            if self._with_source:
                yield f"{name}:text", Symbol(file, "text of the file", 1, lines, module.bytes_digest)

    def _whole_file(self, module: Module) -> Symbol:
        digest = digest_of(module.tree, with_docstrings=self._with_docstrings) if module.tree else module.bytes_digest
        lines = module.content.count(b"\n") + 1
        return Symbol(self._graph.file(module), "whole file", 1, lines, digest)

    def _binding_symbol(self, binding: ImportBinding) -> Symbol:
        file = self._graph.file(self._resolver.loaded[binding.module])
        digest = text_digest(f"import {binding.target.module}:{binding.target.name or ''}")
        return Symbol(file, binding.name, binding.first_line, binding.last_line, digest)

    def _unit_symbol(self, unit: Unit, imported: set[str]) -> Symbol:
        digest = self._graph.digest(unit, self._with_docstrings)
        if unit.module not in imported and unit.module not in self._graph.started_by_kedro(with_functions=True):
            digest = text_digest(f"{digest}, which nothing imports")
        file = self._graph.file(self._resolver.loaded[unit.module])
        return Symbol(file, unit.label, unit.first_line, unit.last_line, digest)

    def _orders(self, units: Iterable[Unit]) -> Iterator[tuple[str, Symbol]]:
        """Yields the order of a module's statements, where a name stands for different things one after the other."""
        units_of: dict[str, list[Unit]] = {}
        for unit in units:
            units_of.setdefault(unit.module, []).append(unit)
        bindings = {(binding.module, binding.name) for binding in self._bindings}
        names_of: dict[str, set[str]] = {}
        for module_name, name in {*self._names, *bindings}:
            names_of.setdefault(module_name, set()).add(name)
        for module_name, names in sorted(names_of.items()):
            module = self._resolver.module(module_name)
            rebound = {name for name in names if module and self._is_rebound(module, name)}
            order = self._order(module, units_of.get(module_name, []), rebound) if module and rebound else []
            if module and order:
                digest = text_digest("\n".join(what for _, what in order))
                symbol = Symbol(self._graph.file(module), "order of statements", 1, order[-1][0], digest)
                yield f"{module_name}:order of statements", symbol

    def _order(self, module: Module, units: Iterable[Unit], rebound: set[str]) -> list[tuple[int, str]]:
        """Returns lines with what they do; without definitions and imports of names that nothing else binds."""
        order = [(line, f"{star}.*") for line, star in module.stars]
        for unit in units:
            is_definition = isinstance(unit.node, ast.FunctionDef) and not unit.node.decorator_list
            if not is_definition or rebound.intersection(unit.names):
                order.append((unit.first_line, unit.identity))
        for binding in self._bindings:
            if binding.module == module.name and binding.name in rebound:
                order.append((binding.first_line, f"{binding.name} is {binding.target}"))
        return sorted(order)

    def _is_rebound(self, module: Module, name: str) -> bool:
        changing = [unit for unit in self._graph.effects.on((module.name, name)) if unit.module == module.name]
        starred = [star for _, star in module.stars if self._resolver.may_give(star, name)]
        return len(module.bindings.get(name, ())) + len(changing) + len(starred) > 1
