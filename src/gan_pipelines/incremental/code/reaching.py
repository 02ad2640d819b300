"""Transitive closure of the code that a function depends on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gan_pipelines.incremental.code.effects import WHOLE, Effects
from gan_pipelines.incremental.code.finding import Found, Name, Origin, Resolver
from gan_pipelines.incremental.code.modules import Module
from gan_pipelines.incremental.code.statements import Unit, text_digest

_ALL = "depends on the whole project"
_COARSE = {
    name: what
    for what, names in {
        _ALL: "builtins.__import__ builtins.eval builtins.exec builtins.compile imp importlib.__import__ pkgutil runpy "
        "importlib.import_module importlib.machinery importlib.reload importlib.util pydoc.locate sys.modules "
        "__subclasses__ __globals__",
        "depends on docstrings": "__doc__ inspect.getdoc builtins.help pydoc",
        "depends on source text": "inspect.findsource inspect.getblock inspect.getcomments inspect.getsource "
        "inspect.getsourcelines linecache",
    }.items()
    for name in names.split()
}
"""Coarser dependencies by the name that causes them; docstrings and source text are compared as whole files."""
_ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "os.getenvb"}


@dataclass(frozen=True)
class Symbol:
    """A top-level statement of a module.

    Args:
        file: POSIX path; relative to the project if inside, else absolute.
        name: Name that it defines; else such as "statement at line 12".
        first_line: First line, including decorators.
        digest: Digest of the syntax tree without docstrings.
    """

    file: str
    name: str
    first_line: int
    last_line: int
    digest: str


@dataclass(frozen=True)
class CodeFingerprint:
    """All code that a function depends on.

    Args:
        symbols: Statements by "package.module:name", sorted.
        values: Live state: arguments of a partial, closure cells, attributes of an instance.
        packages: Top-level third-party modules.
        environment: Environment variables that are read by a constant name.
        imported: Modules of the project that the code imports, used or not.
        coarse: Places where the static analysis had to include more than is used.
        unknown: Reason why the function cannot be compared; None if it can.
    """

    symbols: Mapping[str, Symbol]
    values: Mapping[str, str]
    packages: frozenset[str]
    environment: frozenset[str]
    imported: frozenset[str]
    coarse: tuple[str, ...]
    unknown: str | None = None


class Reach:
    """Accumulates reached code, starting from names, statements and modules."""

    def __init__(self, resolver: Resolver, effects: Effects) -> None:
        self.packages: set[str] = set()
        self._coarse: set[str] = set()
        self._resolver = resolver
        self._effects = effects
        self._units: dict[Unit, None] = {}
        self._names: set[Name] = set()
        self._pending: list[Name] = []
        self._modules: set[str] = set()
        self._whole: set[str] = set()
        self._reads_environment = self._reads_sources = self._is_all = False

    def add_name(self, name: Name) -> None:
        """Adds a name of the project."""
        self._pending.append(name)

    def add_unit(self, unit: Unit, alone: bool = False) -> None:
        """Adds a statement and all that binds its names; if `alone`, not what else its module does at import."""
        self._add_statement(unit, alone)
        self._pending += [] if alone else [(unit.module, name) for name in unit.names]

    def add_found(self, found: Found, place: str) -> None:
        """Adds names and whole modules to which the code at `place` leads."""
        self._pending += found.names
        for module, why in found.modules.items():
            self.add_module(module, f"{module} {why} {place}")

    def add_module(self, name: str, why: str) -> None:
        """Adds a whole module, and all submodules of a package."""
        module = self._resolver.module(name)
        if module is None or name in self._whole:
            return
        self._whole.add(name)
        if module.is_readable:
            self._coarse.add(f"{why}: depends on the whole module")
        self._add_module_import(module)
        self._pending += [(name, each) for each in (*module.bound, *module.imports)]
        for unit in module.units:
            self._add_statement(unit)
        self._pending += [(source, named) for source, _, named in (each.partition(":") for each in module.imported)]
        below = [each.name for each in self._resolver.all_modules if each.name.startswith(f"{name}.")]
        for each in (*module.stars, *below):
            self.add_module(each, why)

    def fingerprint(self, values: Mapping[str, str] | None = None, unknown: str | None = None) -> CodeFingerprint:
        """Returns the fingerprint of the reached code, including side effects of the imports."""
        self._follow()
        imported: set[str] = set()
        while self._units and (closure := self._imported()) != imported:
            for module in filter(None, map(self._resolver.module, sorted(closure - imported))):
                self._add_effects(module)
            imported = closure
        variables = {word for unit in self._units for word in unit.words if word.isupper() and word.isidentifier()}
        return CodeFingerprint(
            symbols=dict(sorted(self._symbols(), key=lambda found: found[0])),
            values=values or {},
            packages=frozenset(self.packages),
            environment=frozenset(variables if self._reads_environment else ()),
            imported=frozenset(imported),
            coarse=tuple(sorted(self._coarse)),
            unknown=unknown,
        )

    def _imported(self) -> set[str]:
        late = self._resolver.run_by(target for unit in self._units for _, target in unit.imports)
        modules = {*self._modules, *(unit.module for unit in self._units)}
        return self._resolver.import_closure([*modules, *late]) | self._effects.started

    def _follow(self) -> None:
        """Adds the statements that bind or alter pending names."""
        while self._pending:
            name = self._pending.pop()
            if name in self._names:
                continue
            self._names.add(name)
            for unit in self._resolver.units(name):
                self._add_statement(unit)
            for unit in self._effects.on.get(name, ()):
                self._add_statement(unit, alone=True)

    def _add_module_import(self, module: Module) -> None:
        """Adds the statements of a reached module that run at import."""
        if module.name in self._modules:
            return
        self._modules.add(module.name)
        self._pending.append((module.name, WHOLE))
        if not module.is_readable:
            self._coarse.add(f"{self._file(module.name)} cannot be parsed: depends on the file's bytes")
        for unit in module.statements:
            self.add_unit(unit)

    def _add_statement(self, unit: Unit, alone: bool = False) -> None:
        """Adds a statement, and unless `alone` what its module does at import."""
        if unit in self._units and (alone or unit.module in self._modules):
            return
        self._units[unit] = None
        module = self._resolver.module(unit.module)
        if module is not None and not alone:
            self._add_module_import(module)
        for _, target in unit.imports:
            self._add_package(target.partition(":")[0])
        found = self._resolver.found(unit)
        file = self._file(unit.module)
        place = f"at {file}:{unit.first_line}"
        for external in found.externals:
            self._add_package(external)
            is_loader = external == "importlib" or external.endswith(".load_obj")
            start = ".".join(external.split(".")[:2])
            what = _ALL if is_loader else _COARSE.get(start) or _COARSE.get(start.partition(".")[0])
            self._reads_environment |= start in _ENVIRONMENT
            self._add_coarse(what, f"{external.removeprefix('builtins.')} {place}")
        for word, line in unit.words.items():
            self._add_coarse(_COARSE.get(word) if word.startswith("__") else None, f"{word} at {file}:{line}")
        self.add_found(found, place)

    def _add_coarse(self, what: str | None, place: str) -> None:
        """Adds a coarser dependency that the code at `place` causes."""
        if what is None:
            return
        self._coarse.add(f"{place}: {what}")
        self._reads_sources |= what != _ALL
        if what == _ALL and not self._is_all:
            self._is_all = True
            for module in self._resolver.all_modules:
                self._add_module_import(module)
                for unit in module.units:
                    self._add_statement(unit)

    def _add_effects(self, module: Module) -> None:
        """Adds side effects of importing a module: its own, and those of packages it imports but does not use."""
        for unit in self._effects.outward(module):
            self._add_statement(unit, alone=True)
        self._follow()
        for target in module.run_only:
            self._add_package(target)

    def _add_package(self, dotted: str) -> None:
        if self._resolver.finder.origin(dotted) is Origin.PACKAGE:
            self.packages.add(dotted.partition(".")[0])

    def _symbols(self) -> Iterator[tuple[str, Symbol]]:
        for unit in sorted(self._units, key=lambda unit: (unit.module, unit.first_line)):
            # statements without a name are identified by content
            identity = unit.label if unit.names else f"statement {unit.digest[:16]}"
            symbol = Symbol(self._file(unit.module), unit.label, unit.first_line, unit.last_line, unit.digest)
            yield f"{unit.module}:{identity}", symbol
        for module in self._resolver.all_modules if self._is_all else ():
            yield self._of_module(module, "whole file", "whole file", [module.digest or module.content])
        modules = {unit.module for unit in self._units} | self._modules
        for module in filter(None, map(self._resolver.module, modules)):
            if self._reads_sources or not module.is_readable:
                yield self._of_module(module, "source of the module", "source", [module.content])
            order = [unit.digest for unit in module.statements if unit in self._units]
            if len(order) > 1 and module.name in self._modules:
                yield self._of_module(module, "order of statements", "order", order)
        for name, bound in self._names:
            named = self._resolver.module(name)
            how = named.how_bound(bound) if named else []
            if named and how:
                yield self._of_module(named, f"how {bound} is bound", bound, how)

    def _of_module(self, module: Module, what: str, name: str, digests: Iterable[str]) -> tuple[str, Symbol]:
        return f"{module.name}:{what}", Symbol(self._file(module.name), name, 1, 1, text_digest("\n".join(digests)))

    def _file(self, module: str) -> str:
        return self._resolver.finder.file(module)
