"""Modules as lists of top-level statements, and the names that these bind; read once for each content of a file."""

import ast
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gan_pipelines.incremental.code.statements import Kind, Unit, digest_of, is_docstring, read_unit, text_digest

FORMAT = [2, sys.version_info.major, sys.version_info.minor]
"""Of what `to_json` returns: to be raised with every change of what is read from a file."""


@dataclass
class Module:
    """A module of the project.

    Args:
        name: Its dotted name.
        is_package: Whether it may hold modules.
        content: The digest of its bytes.
        digest: Of all that counts in it; empty if it is no Python code that this version of Python can read.
        units: Its statements, other than imports.
        bindings: The names that its statements bind, in order, each with a statement's digest or what an import stands
            for: ``module:name`` or ``module:``. The name is empty where an import only runs a module.
    """

    name: str
    is_package: bool
    content: str
    digest: str = ""
    units: list[Unit] = field(default_factory=list)
    bindings: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Finds statements and imports by name."""
        self.package = self.name if self.is_package else self.name.rpartition(".")[0]
        self.is_readable = bool(self.digest)
        self.bound: dict[str, list[Unit]] = {}
        for unit in self.units:
            for name in unit.names:
                self.bound.setdefault(name, []).append(unit)
        self.binders: dict[str, list[str]] = {}
        self.imports: dict[str, list[str]] = {}
        for name, binder in self.bindings:
            self.binders.setdefault(name, []).append(binder)
            if ":" in binder:
                self.imports.setdefault(name, []).append(binder)
        self.imported = [target for targets in self.imports.values() for target in targets]
        self.imports.pop("", None)
        self.stars = [target.partition(":")[0] for target in self.imports.get("*", ())]

    @property
    def statements(self) -> Iterator[Unit]:
        """Yields what runs at import besides definitions and plain constants."""
        return (unit for unit in self.units if unit.kind == Kind.OTHER)

    @cached_property
    def run_only(self) -> list[str]:
        """Returns the modules that it imports whole, and names nowhere: they are imported for what they do then."""
        named = {chain.partition(".")[0] for unit in self.units for chain in unit.chains}
        unnamed = (targets for name, targets in self.imports.items() if name not in named)
        return [target[:-1] for targets in unnamed for target in targets if target.endswith(":")]

    def binds(self, name: str) -> bool:
        """Whether a statement of the module gives this name a value."""
        return name in self.bound or name in self.imports

    def how_bound(self, name: str) -> list[str]:
        """Returns what binds a name in order, if it is imported or bound by more than one statement."""
        if name == "*":
            return [binder if bound == "*" else bound for bound, binder in self.bindings] if self.stars else []
        found = self.binders.get(name, [])
        return found if len(found) > 1 or name in self.imports else []

    def to_json(self) -> dict[str, Any]:
        """Returns what was read of the file."""
        kept = asdict(self)
        return {**kept, "units": [{key: value for key, value in unit.items() if value} for unit in kept["units"]]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Module":
        """Returns the module that was read before; TypeError or AttributeError if it is none of this form."""
        return cls(**{**kept, "units": [Unit(**unit) for unit in kept["units"]]})


def read_module(name: str, path: Path) -> Module:
    """Reads and takes apart a module: a file, or the folder of a package without code.

    Raises:
        OSError: The file cannot be read.
    """
    if path.is_dir():
        return Module(name, is_package=True, content="", digest=text_digest(""))
    content = path.read_bytes()
    module = Module(name, path.name.startswith("__init__."), text_digest(content.hex()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whoever imports the module is told
            tree = ast.parse(content)
        return _taken_apart(module, [*_counting(tree.body)])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return module


def _taken_apart(empty: Module, statements: Sequence[ast.stmt]) -> Module:
    units: list[Unit] = []
    bindings: list[tuple[str, str]] = []
    labels: dict[str, int] = {}
    for statement in statements:
        unit = read_unit(statement, empty.package)
        if unit.kind not in {Kind.FUNCTION, Kind.CLASS}:
            bindings += unit.imports
        if isinstance(statement, ast.Import | ast.ImportFrom) and getattr(statement, "module", "") != "__future__":
            continue
        units.append(unit)
        bindings += [(name, unit.digest[:32]) for name in unit.names]
        head = unit.names[0] if unit.names else f"statement at line {unit.first_line}"
        labels[head] = labels.get(head, 0) + 1
        unit.label = head if labels[head] == 1 else f"{head} ({labels[head]})"
        unit.module = empty.name
    module = Module(empty.name, empty.is_package, empty.content, digest_of(statements), units, bindings)
    for unit in units:  # no constants are what has one value after another, and what is made of that
        roots = {chain.partition(".")[0] for chain in unit.chains}
        if unit.kind == Kind.CONSTANT and any(len(module.binders.get(name, ())) > 1 for name in {*unit.names, *roots}):
            unit.kind = Kind.OTHER
    return module


_NOT_AT_IMPORT = ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'")


def _counting(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields what runs when a module is imported: neither what is for type checkers nor what is for scripts."""
    for statement in statements:
        test = _text_of_test(statement.test) if isinstance(statement, ast.If) else ""
        if isinstance(statement, ast.If) and test.removeprefix("not ") in _NOT_AT_IMPORT:
            yield from _counting(statement.body if test.startswith("not ") else statement.orelse)
        elif not is_docstring(statement):
            yield statement


def _text_of_test(test: ast.expr) -> str:
    operand = test.operand if isinstance(test, ast.UnaryOp) else test
    return ast.unparse(test) if isinstance(operand, ast.Name | ast.Attribute | ast.Compare) else ""
