"""Statements with side effects at import: on names of other modules, or outside the project."""

from collections.abc import Iterator
from functools import cached_property

from gan_pipelines.incremental.code.finding import Name, Resolver
from gan_pipelines.incremental.code.modules import Module
from gan_pipelines.incremental.code.statements import RUNS_FOR_SUBCLASSES, Kind, Unit

WHOLE = "*"
"""All names of a module."""
_ALWAYS_IMPORTED = (".settings", ".pipeline_registry")
"""Modules of a project's package that Kedro imports in every run."""
_NO_EFFECT = {"builtins.print", "warnings.warn", "warnings", "builtins.isinstance", "builtins.super", "builtins.len"}

Altered = tuple[set[Name], bool]
"""Altered names of the project, and whether something outside the project may be altered."""


class Effects:
    """Finds the statements of a project's modules with side effects at import."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._at_import: dict[Unit, Altered] = {}
        self._when_run: dict[Unit, Altered] = {}

    @cached_property
    def started(self) -> set[str]:
        """Modules that every run imports, including those of Kedro's `find_pipelines`."""
        modules = self._resolver.all_modules
        starts = [each for each in modules if each.name.count(".") == 1 and each.name.endswith(_ALWAYS_IMPORTED)]
        finding = [each for each in starts if any("find_pipelines" in unit.chains for unit in each.units)]
        below = tuple(f"{each.name.partition('.')[0]}.pipelines." for each in finding)
        found = [each.name for each in modules if each.name.startswith(below)]
        return self._resolver.import_closure([*found, *(each.name for each in starts)])

    @cached_property
    def on(self) -> dict[Name, list[Unit]]:
        """Statements of all modules by the names that they alter, because any module may be imported."""
        found: dict[Name, list[Unit]] = {}
        for module in self._resolver.all_modules:
            for unit in module.units:
                for name in self._import_effects(unit)[0]:
                    found.setdefault(name, []).append(unit)
        return found

    def outward(self, module: Module) -> Iterator[Unit]:
        """Yields the statements of a module with effects outside the project."""
        return (unit for unit in module.units if self._import_effects(unit)[1])

    def _import_effects(self, unit: Unit) -> Altered:
        if unit not in self._at_import:
            is_other = unit.kind == Kind.OTHER
            names, is_outward = self._call_effects([unit]) if is_other else self._definition_effects(unit)
            if is_other:  # classes too; in functions, method calls mostly alter new instances only
                touched = self._with_aliases(self._resolver.resolve(unit, [*unit.touches, *unit.decorators]).names)
                names |= {name for name in touched if not self._is_function(name)}
            self._at_import[unit] = names - {(unit.module, name) for name in unit.names}, is_outward
        return self._at_import[unit]

    def _definition_effects(self, unit: Unit) -> Altered:
        """Returns what a definition alters by its decorators and by hooks of its base classes for subclasses."""
        ancestors = self._with_aliases(self._resolver.resolve(unit, unit.bases).names)
        hooking = {name for name in ancestors if self._runs_for_subclasses(name)}
        called: set[Name] = set()
        values: set[Name] = set()
        for chain in unit.decorators:
            names = self._resolver.resolve(unit, [chain]).names
            called |= names
            is_method = "." in chain
            values |= {name for name in names if self._is_value(name) and (is_method or self._is_made_by_project(name))}
        names, is_outward = self._call_effects([u for name in called | hooking for u in self._resolver.units(name)])
        has_outside_effect = bool(unit.decorators) and self._has_outside_effect(unit)
        return names | self._with_aliases(values | hooking), is_outward or has_outside_effect

    def _call_effects(self, pending: list[Unit]) -> Altered:
        """Returns what statements alter when they run or are called, including all that they call."""
        altered: set[Name] = set()
        is_outward = False
        seen: set[Unit] = set()
        while pending:
            unit = pending.pop()
            if unit in seen or unit.kind == Kind.CONSTANT:
                continue
            seen.add(unit)
            if unit not in self._when_run:
                self._when_run[unit] = self._direct_effects(unit)
            altered |= self._when_run[unit][0]
            is_outward |= self._when_run[unit][1]
            pending.extend(called for name in self._possible_calls(unit) for called in self._resolver.units(name))
        return altered, is_outward

    def _direct_effects(self, unit: Unit) -> Altered:
        """Returns what a statement itself alters when it runs, or a function or class when it is called."""
        found = self._resolver.resolve(unit, unit.touches)
        altered = {name for name in found.names if self._is_value(name)} | {(each, WHOLE) for each in found.modules}
        is_outward = self._has_outside_effect(unit)
        for chain in unit.writes:
            found = self._resolver.resolve(unit, [chain])
            altered |= self._with_aliases(found.names) | {(module, WHOLE) for module in found.modules}
            is_outward |= any("." in name and not name.startswith("builtins.") for name in found.externals)
            if not (found.names or found.modules or found.externals):  # a local variable, maybe for a shared object
                found = self._resolver.found(unit)
                altered |= {name for name in found.names if self._is_shared_object(name)}
                is_outward |= any(name.startswith("os.environ") for name in found.externals)
        return altered, is_outward

    def _possible_calls(self, unit: Unit) -> set[Name]:
        """Returns what a statement may call: all names in it; for pipelines, whose nodes run later, only its calls."""
        found = self._resolver.found(unit)
        is_pipeline = any(external.startswith("kedro.pipeline") for external in found.externals)
        return self._resolver.resolve(unit, unit.calls).names if is_pipeline else found.names

    def _with_aliases(self, names: set[Name]) -> set[Name]:
        """Adds the names whose objects these may refer to: in values, as base classes, returned by functions."""
        found: set[Name] = set()
        pending = [*names]
        while pending:
            name = pending.pop()
            if name in found:
                continue
            found.add(name)
            for unit in self._resolver.units(name):
                if unit.kind == Kind.CLASS:
                    pending.extend(self._resolver.resolve(unit, unit.bases).names)
                elif unit.kind != Kind.FUNCTION:
                    pending.extend(self._resolver.found(unit).names)
                elif name in names:
                    pending.extend(each for each in self._resolver.found(unit).names if not self._is_function(each))
        return found

    def _is_made_by_project(self, name: Name) -> bool:
        called = (self._resolver.resolve(unit, unit.calls).names for unit in self._resolver.units(name))
        return any(self._resolver.units(each) for names in called for each in names)

    def _runs_for_subclasses(self, name: Name) -> bool:
        return any(not RUNS_FOR_SUBCLASSES.isdisjoint(unit.words) for unit in self._resolver.units(name))

    def _has_outside_effect(self, unit: Unit) -> bool:
        return bool(self._resolver.resolve(unit, unit.outward).externals - _NO_EFFECT)

    def _is_function(self, name: Name) -> bool:
        return {unit.kind for unit in self._resolver.units(name)} == {Kind.FUNCTION}

    def _is_value(self, name: Name) -> bool:
        return any(unit.kind in {Kind.CONSTANT, Kind.OTHER} for unit in self._resolver.units(name))

    def _is_shared_object(self, name: Name) -> bool:
        """Whether a name can yield the same mutable object twice: a value, or a function with a cache decorator."""
        units = self._resolver.units(name)
        return any(unit.kind == Kind.OTHER or (unit.kind == Kind.FUNCTION and unit.decorators) for unit in units)
