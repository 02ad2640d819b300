"""What importing a module does besides binding its own names."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gan_pipelines.incremental.code.modules import WHOLE, Module, Unit
from gan_pipelines.incremental.code.occurrences import Chain, Occurrence, Occurrences, Use, is_harmless_method
from gan_pipelines.incremental.code.resolving import Name, Resolution, Resolver
from gan_pipelines.incremental.code.searching import is_search
from gan_pipelines.incremental.code.walking import occurrences

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_SILENT = {"builtins.super", "builtins.print", "builtins.object.__setattr__", "warnings.warn"}
"""Calls that leave nothing behind that a node could notice."""

_IMMUTABLE_RESULTS = {
    *("ParamSpec", "TypeVar", "TypeVarTuple", "NewType", "getLogger", "namedtuple", "compile", "frozenset", "tuple"),
    *("int", "float", "str", "bool", "bytes", "object", "len", "Path", "PurePath", "cast"),
}
_TYPE_MAKERS = {"Annotated", "Callable", "ClassVar", "Final", "Literal", "NDArray", "Optional", "TypeAlias", "Union"}
_TYPES = {"dict", "list", "tuple", "set", "frozenset", "type", "Iterable", "Iterator", "Mapping", "Sequence"}


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
            for unit in self._units(pending.pop()):
                if unit not in seen:
                    seen.add(unit)
                    deeds = self._deeds_of(unit, with_bodies=True)
                    changed |= deeds.changed
                    is_external |= deeds.is_external
                    pending += [*deeds.called, *self._called_by_inheriting(deeds.bases)]
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
            for unit in self._units(name):
                if _looks_at_subclasses(unit.node):
                    called.add(name)
                deeds = self._deeds_of(unit, with_bodies=False)
                called |= deeds.metaclasses
                pending.extend(deeds.bases)
        return called

    def _units(self, name: Name) -> Iterable[Unit]:
        module = self._resolver.module(name[0])
        return module.units_of(name[1]) if module else ()

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
            for unit in self._units(name):
                if isinstance(unit.node, _FUNCTION | ast.ClassDef):
                    continue
                module = self._resolver.loaded[unit.module]
                for occurrence in self.walk(unit, False).found:
                    if occurrence.use >= Use.KEPT:
                        found = self._resolver.resolve(module, occurrence.chain)
                        pending.extend(other for other, _ in found.names if self._is_mutable(other))
        return reached

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
        if occurrence.callee in {("setattr", ()), ("delattr", ())}:
            deeds.changed.update((changed, WHOLE) for changed in found.modules)

    def _changes(
        self, module: Module, occurrence: Occurrence, name: Name, rest: tuple[str, ...], keeping_changes: bool
    ) -> bool:
        if occurrence.is_called:
            is_method = bool(rest) and not is_harmless_method(rest[-1]) and not self._has_method(name, rest[-1])
            return is_method and (self._is_mutable(name) or self._is_definition(name))
        if occurrence.use is Use.CHANGED:
            return True
        if occurrence.use is Use.READ or not self._is_mutable(name):
            return False
        if occurrence.use is Use.KEPT:
            return keeping_changes
        return self._may_change_arguments(module, occurrence.callee)

    def _has_method(self, name: Name, method: str) -> bool:
        """Whether a name is a class that inherits from the project only, or has the method itself: its code counts."""
        nodes = [unit.node for unit in self._units(name)]
        return bool(nodes) and all(
            isinstance(node, ast.ClassDef)
            and (not node.bases or any(isinstance(each, _FUNCTION) and each.name == method for each in node.body))
            for node in nodes
        )

    def _may_change_arguments(self, module: Module, callee: Chain | None) -> bool:
        """Whether a function may change what it is passed: all may, except the project's that obviously do not."""
        if callee is None:
            return True
        found = self._resolver.resolve(module, callee)
        units = [unit for name, rest in found.names for unit in ([] if rest else self._units(name))]
        if not units or found.externals or found.modules:
            return True
        return any(
            not isinstance(unit.node, _FUNCTION)
            or bool(unit.node.decorator_list)
            or self.walk(unit, True).changes_arguments
            for unit in units
        )

    def _is_kept(self, module: Module, callee: Chain | None) -> bool:
        """Whether what is passed to a function is not called now: Kedro's nodes call theirs when they run."""
        found = self._resolver.resolve(module, callee) if callee else None
        return found is not None and bool(found.externals) and all(_of_kedro(name) for name in found.externals)

    def _is_definition(self, name: Name) -> bool:
        return any(isinstance(unit.node, _FUNCTION | ast.ClassDef) for unit in self._units(name))

    def _is_mutable(self, name: Name) -> bool:
        """Whether the value of a name can be changed in place by whoever is handed it."""
        return any(self._binds_mutable(unit) for unit in self._units(name))

    def _binds_mutable(self, unit: Unit) -> bool:
        node = unit.node
        if isinstance(node, _FUNCTION | ast.ClassDef):
            return False
        if isinstance(node, ast.Assign | ast.AnnAssign):
            return node.value is not None and not self._is_immutable(unit.module, node.value)
        return True

    def _is_immutable(self, module: str, value: ast.expr) -> bool:
        if isinstance(value, ast.Constant | ast.Lambda | ast.JoinedStr | ast.Compare):
            return True
        if isinstance(value, ast.Call):
            return _last(value.func) in _IMMUTABLE_RESULTS
        if isinstance(value, ast.Subscript):
            return _last(value.value) in _TYPE_MAKERS | _TYPES
        if isinstance(value, ast.Name):
            return bool(self._units((module, value.id))) and not self._is_mutable_alias(module, value.id)
        if isinstance(value, ast.BinOp | ast.UnaryOp | ast.Tuple | ast.BoolOp | ast.IfExp):
            operands = [child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr)]
            return all(self._is_immutable(module, operand) for operand in operands)
        return False

    def _is_mutable_alias(self, module: str, name: str) -> bool:
        """Whether a name is bound to another than a plain definition or constant; one step is enough to tell."""
        nodes = [unit.node for unit in self._units((module, name))]
        return not all(
            isinstance(node, _FUNCTION | ast.ClassDef)
            or (isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant))
            for node in nodes
        )


def _of_kedro(name: str) -> bool:
    return name.startswith("kedro.pipeline")


def _looks_at_subclasses(node: ast.stmt) -> bool:
    body = node.body if isinstance(node, ast.ClassDef) else []
    return any(isinstance(each, ast.FunctionDef) and each.name == "__init_subclass__" for each in body)


def _is_inert(node: ast.stmt) -> bool:
    """Whether a statement only binds names, which is quickly told for most."""
    if isinstance(node, _FUNCTION):
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


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
