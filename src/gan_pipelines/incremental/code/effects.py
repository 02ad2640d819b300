"""Statements that alter, at import, what other modules define, or something outside the project."""

from collections.abc import Iterator
from functools import cached_property

from gan_pipelines.incremental.code.finding import Name, Resolver
from gan_pipelines.incremental.code.modules import Module
from gan_pipelines.incremental.code.statements import RUNS_FOR_SUBCLASSES, Kind, Unit

WHOLE = "*"
"""Stands for all names of a module."""

_STARTED_BY_KEDRO = (".settings", ".pipeline_registry")
"""Modules of a project's package that every run imports."""

_SILENT = {"builtins.print", "warnings.warn", "warnings", "builtins.isinstance", "builtins.super", "builtins.len"}

Altered = tuple[set[Name], bool]
"""Names of the project whose values are altered; and whether something outside the project may be, too."""


class Effects:
    """Finds the statements of a project's modules that alter something at import."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._at_import: dict[Unit, Altered] = {}
        self._when_run: dict[Unit, Altered] = {}

    @cached_property
    def started(self) -> set[str]:
        """The modules that every run imports, with the pipelines that Kedro finds by itself."""
        modules = self._resolver.all_modules
        starts = [each for each in modules if each.name.count(".") == 1 and each.name.endswith(_STARTED_BY_KEDRO)]
        finding = [each for each in starts if any("find_pipelines" in unit.chains for unit in each.units)]
        below = tuple(f"{each.name.partition('.')[0]}.pipelines." for each in finding)
        found = [each.name for each in modules if each.name.startswith(below)]
        return self._resolver.import_closure([*found, *(each.name for each in starts)])

    @cached_property
    def on(self) -> dict[Name, list[Unit]]:
        """The statements that alter what a name stands for, of any module: something may import that."""
        found: dict[Name, list[Unit]] = {}
        for module in self._resolver.all_modules:
            for unit in module.units:
                for name in self._of(unit)[0]:
                    found.setdefault(name, []).append(unit)
        return found

    def outward(self, module: Module) -> Iterator[Unit]:
        """Yields the statements of a module that alter something outside the project."""
        return (unit for unit in module.units if self._of(unit)[1])

    def _of(self, unit: Unit) -> Altered:
        """Returns what a statement alters when its module is imported."""
        if unit not in self._at_import:
            names, is_outward = self._run([unit]) if unit.kind == Kind.OTHER else self._defined(unit)
            if unit.kind == Kind.OTHER:  # classes, too; within a function they are likely touched by a new instance
                touched = self._with_aliases(self._resolver.resolve(unit, [*unit.touches, *unit.decorators]).names)
                names |= {name for name in touched if not self._is_function(name)}
            self._at_import[unit] = names - {(unit.module, name) for name in unit.names}, is_outward
        return self._at_import[unit]

    def _defined(self, unit: Unit) -> Altered:
        """Returns what a definition alters: by its decorators, and by code of base classes that runs for subclasses."""
        ancestors = self._with_aliases(self._resolver.resolve(unit, unit.bases).names)
        hooking = {name for name in ancestors if self._runs_for_subclasses(name)}
        called: set[Name] = set()
        values: set[Name] = set()
        for chain in unit.decorators:
            names = self._resolver.resolve(unit, [chain]).names
            called |= names
            is_method = "." in chain
            values |= {name for name in names if self._is_value(name) and (is_method or self._is_made_by_project(name))}
        names, is_outward = self._run([each for name in called | hooking for each in self._resolver.units(name)])
        leads_out = bool(unit.decorators) and self._leads_out(unit)
        return names | self._with_aliases(values | hooking), is_outward or leads_out

    def _run(self, pending: list[Unit]) -> Altered:
        """Returns what is altered when statements are run, or functions and classes called, by all that these call."""
        altered: set[Name] = set()
        is_outward = False
        seen: set[Unit] = set()
        while pending:
            unit = pending.pop()
            if unit in seen or unit.kind == Kind.CONSTANT:
                continue
            seen.add(unit)
            if unit not in self._when_run:
                self._when_run[unit] = self._by_itself(unit)
            altered |= self._when_run[unit][0]
            is_outward |= self._when_run[unit][1]
            pending.extend(called for name in self._called_by(unit) for called in self._resolver.units(name))
        return altered, is_outward

    def _by_itself(self, unit: Unit) -> Altered:
        """Returns what the text of a statement alters when it is run, or of a function or class when it is called."""
        found = self._resolver.resolve(unit, unit.touches)
        altered = {name for name in found.names if self._is_value(name)} | {(each, WHOLE) for each in found.modules}
        is_outward = self._leads_out(unit)
        for chain in unit.writes:
            found = self._resolver.resolve(unit, [chain])
            altered |= self._with_aliases(found.names) | {(module, WHOLE) for module in found.modules}
            is_outward |= any("." in name and not name.startswith("builtins.") for name in found.externals)
            if not (found.names or found.modules or found.externals):  # a local name for something kept
                found = self._resolver.found(unit)
                altered |= {name for name in found.names if self._keeps(name)}
                is_outward |= any(name.startswith("os.environ") for name in found.externals)
        return altered, is_outward

    def _called_by(self, unit: Unit) -> set[Name]:
        """Returns what a statement may call: all that it names, but for what it hands to Kedro's nodes for later."""
        found = self._resolver.found(unit)
        is_pipeline = any(external.startswith("kedro.pipeline") for external in found.externals)
        return self._resolver.resolve(unit, unit.calls).names if is_pipeline else found.names

    def _with_aliases(self, names: set[Name]) -> set[Name]:
        """Adds to names those whose values they hold: what values name, bases, what functions return."""
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

    def _leads_out(self, unit: Unit) -> bool:
        return bool(self._resolver.resolve(unit, unit.outward).externals - _SILENT)

    def _is_function(self, name: Name) -> bool:
        return {unit.kind for unit in self._resolver.units(name)} == {Kind.FUNCTION}

    def _is_value(self, name: Name) -> bool:
        return any(unit.kind in {Kind.CONSTANT, Kind.OTHER} for unit in self._resolver.units(name))

    def _keeps(self, name: Name) -> bool:
        """Whether a name gives the same object more than once: a value that was made, or a function with a cache."""
        units = self._resolver.units(name)
        return any(unit.kind == Kind.OTHER or (unit.kind == Kind.FUNCTION and unit.decorators) for unit in units)
