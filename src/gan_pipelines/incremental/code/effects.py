"""What importing a module does besides binding its own names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from gan_pipelines.incremental.code.modules import WHOLE, Module, Unit
from gan_pipelines.incremental.code.occurrences import Chain, Occurrence, Occurrences, Use, is_harmless_method
from gan_pipelines.incremental.code.resolving import Name, Resolution, Resolver
from gan_pipelines.incremental.code.searching import is_search
from gan_pipelines.incremental.code.state import FUNCTION, State
from gan_pipelines.incremental.code.walking import occurrences

_SILENT = {"builtins.super", "builtins.print", "builtins.object.__setattr__", "warnings.warn"}
"""Calls that leave nothing behind that a node could notice."""


@dataclass
class _Deeds:
    """What a statement does: whose values it changes, what it calls, and whether it reaches out of the project."""

    changed: set[Name] = field(default_factory=set)
    called: set[Name] = field(default_factory=set)
    bases: set[Name] = field(default_factory=set)
    metaclasses: set[Name] = field(default_factory=set)
    is_external: bool = False


class Effects:
    """Statements that change what others define, in all modules of a project.

    Args:
        resolver: The project.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._state = State(resolver)
        self._deeds: dict[tuple[Unit, bool], _Deeds] = {}
        self._walks: dict[tuple[Unit, bool], Occurrences] = {}

    def walk(self, unit: Unit, with_bodies: bool) -> Occurrences:
        """Returns what a statement does with names."""
        key = unit, with_bodies
        if key not in self._walks:
            module = self._resolver.loaded[unit.module]
            self._walks[key] = occurrences(unit.node, module.package, with_bodies)
        return self._walks[key]

    def on(self, name: Name) -> list[Unit]:
        """Returns the statements that change what a name stands for."""
        return [*self._found[0].get(name, ()), *self._found[0].get((name[0], WHOLE), ())]

    def beyond(self, module: str) -> list[Unit]:
        """Returns the statements of a module that change anything outside the project."""
        return self._found[1].get(module, [])

    @cached_property
    def _found(self) -> tuple[dict[Name, list[Unit]], dict[str, list[Unit]]]:
        on_names: dict[Name, list[Unit]] = {}
        beyond: dict[str, list[Unit]] = {}
        for module in self._resolver.all_modules:
            for unit in module.units:
                if unit.counts_for_all:
                    on_names.setdefault((module.name, WHOLE), []).append(unit)
                if _is_inert(unit.node):
                    continue
                changed, is_external = self._import_of(unit)
                for name in sorted(changed):
                    on_names.setdefault(name, []).append(unit)
                if is_external:
                    beyond.setdefault(module.name, []).append(unit)
        return on_names, beyond

    def _import_of(self, statement: Unit) -> tuple[set[Name], bool]:
        """Returns whose values a statement changes when it is imported, with all that it calls; and if more."""
        own = self._deeds_of(statement, with_bodies=False)
        changed, is_external = set(own.changed), own.is_external
        seen: set[Unit] = {statement}
        pending = [*own.called, *self._called_by_inheriting(own.bases)]
        while pending:
            for unit in self._state.units(pending.pop()):
                if unit not in seen:
                    seen.add(unit)
                    deeds = self._deeds_of(unit, with_bodies=True)
                    changed |= deeds.changed | self._state.shared_by_instances(unit)
                    is_external |= deeds.is_external
                    pending += [*deeds.called, *deeds.bases, *self._called_by_inheriting(deeds.bases)]
        changed = self._with_aliases(changed)
        return {(module, name) for module, name in changed if not self._binds(statement, module, name)}, is_external

    def _called_by_inheriting(self, bases: set[Name]) -> set[Name]:
        """Returns what runs when a class inherits from these: what looks at its subclasses, and metaclasses."""
        called: set[Name] = set()
        seen: set[Name] = set()
        pending = [*bases]
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            for unit in self._state.units(name):
                if _looks_at_subclasses(unit.node):
                    called.add(name)
                deeds = self._deeds_of(unit, with_bodies=False)
                called |= deeds.metaclasses
                pending.extend(deeds.bases)
        return called

    def _binds(self, unit: Unit, module: str, name: str) -> bool:
        return unit.module == module and name in unit.names

    def _with_aliases(self, names: set[Name]) -> set[Name]:
        """Adds the names whose values can be reached through these."""
        reached: set[Name] = set()
        pending = [*names]
        while pending:
            name = pending.pop()
            if name in reached:
                continue
            reached.add(name)
            for unit in self._state.units(name):
                is_function = isinstance(unit.node, FUNCTION)
                if not isinstance(unit.node, ast.ClassDef) and not (is_function and name in names):
                    pending.extend(self._kept_by(unit, with_bodies=is_function))
        return {name for name in reached if name in names or self._state.holds_state(name)}

    def _kept_by(self, unit: Unit, with_bodies: bool) -> Iterator[Name]:
        """Yields the names whose values a statement holds on to; and the functions that make such a value."""
        module = self._resolver.loaded[unit.module]
        for occurrence in self.walk(unit, with_bodies).found:
            if occurrence.use >= Use.KEPT:
                for name, rest in self._resolver.resolve(module, occurrence.chain).names:
                    is_taken_from = bool(rest) or occurrence.is_called
                    if self._state.is_mutable(name) or (is_taken_from and self._state.is_definition(name)):
                        yield name

    def _deeds_of(self, unit: Unit, with_bodies: bool) -> _Deeds:
        key = unit, with_bodies
        if key not in self._deeds:
            self._deeds[key] = deeds = _Deeds()
            module = self._resolver.loaded[unit.module]
            for occurrence in self.walk(unit, with_bodies).found:
                found = self._resolver.resolve(module, occurrence.chain)
                self._add_names(deeds, module, occurrence, found, keeping_changes=with_bodies)
                deeds.is_external |= any(_reaches_out(occurrence, name) for name in found.externals)
        return self._deeds[key]

    def _add_names(
        self, deeds: _Deeds, module: Module, occurrence: Occurrence, found: Resolution, keeping_changes: bool
    ) -> None:
        for name, rest in found.names:
            if occurrence.is_called or (occurrence.use is Use.PASSED and not self._is_kept(module, occurrence.callee)):
                deeds.called.add(name)
            if occurrence.is_base:
                (deeds.metaclasses if occurrence.is_called else deeds.bases).add(name)
            if self._changes(module, occurrence, name, rest, keeping_changes):
                deeds.changed.add(name)
        if occurrence.use is Use.CHANGED or occurrence.callee in {("setattr", ()), ("delattr", ())}:
            deeds.changed.update((changed, WHOLE) for changed in found.modules)

    def _changes(
        self, module: Module, occurrence: Occurrence, name: Name, rest: tuple[str, ...], keeping_changes: bool
    ) -> bool:
        if occurrence.is_called:
            is_result_changed = occurrence.use is Use.CHANGED or (keeping_changes and occurrence.use is not Use.READ)
            return self._state.is_changed_by_call(name, rest) or (is_result_changed and self._state.holds_state(name))
        if occurrence.use is Use.CHANGED:
            return True
        if occurrence.use is Use.READ or not self._state.is_mutable(name):
            return False
        if occurrence.use is Use.KEPT:
            return keeping_changes
        return self._may_change_arguments(module, occurrence.callee)

    def _may_change_arguments(self, module: Module, callee: Chain | None) -> bool:
        """Whether a function may change what it is passed: all may, except the project's that obviously do not."""
        if callee is None:
            return True
        found = self._resolver.resolve(module, callee)
        units = [unit for name, rest in found.names for unit in ([] if rest else self._state.units(name))]
        if not units or found.externals or found.modules:
            return True
        return any(
            not isinstance(unit.node, FUNCTION)
            or bool(unit.node.decorator_list)
            or self.walk(unit, True).changes_arguments
            for unit in units
        )

    def _is_kept(self, module: Module, callee: Chain | None) -> bool:
        """Whether what is passed to a function is not called now: Kedro's nodes call theirs when they run."""
        found = self._resolver.resolve(module, callee) if callee else None
        return found is not None and bool(found.externals) and all(_of_kedro(name) for name in found.externals)


def _of_kedro(name: str) -> bool:
    return name.startswith("kedro.pipeline")


def _looks_at_subclasses(node: ast.stmt) -> bool:
    body = node.body if isinstance(node, ast.ClassDef) else []
    return any(isinstance(each, ast.FunctionDef) and each.name == "__init_subclass__" for each in body)


def _is_inert(node: ast.stmt) -> bool:
    """Whether a statement only binds names, which is quickly told for most."""
    if isinstance(node, FUNCTION):
        defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
        return not node.decorator_list and not any(map(_calls, defaults))
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets) and not _calls(node.value)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and (node.value is None or not _calls(node.value))
    return False


def _calls(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _reaches_out(occurrence: Occurrence, external: str) -> bool:
    """Whether a use of something outside the project leaves traces there."""
    if is_search(external, occurrence):
        return True
    last = external.rpartition(".")[2]
    if not occurrence.is_called:
        return occurrence.use is Use.CHANGED
    if occurrence.use is Use.PASSED and "register" in last:  # a decorator
        return True
    return occurrence.is_statement and external not in _SILENT and not is_harmless_method(last)
