"""Modules as lists of top-level statements with the names that they bind."""

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
"""Version of `to_json`; increase the first number when the parsed data changes."""


@dataclass
class Module:
    """A module of the project.

    Args:
        name: Dotted name.
        is_package: Whether it is a package.
        content: Digest of its bytes.
        digest: Digest of its syntax tree; empty if this Python version cannot parse it.
        units: Top-level statements other than imports.
        bindings: ``(name, binder)`` in order; the binder is a statement's digest or an import's target ``module:name``
            or ``module:``. The name is empty if an import only runs a module.
    """

    name: str
    is_package: bool
    content: str
    digest: str = ""
    units: list[Unit] = field(default_factory=list)
    bindings: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
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
        """Yields the statements with an effect at import: all but definitions and plain constants."""
        return (unit for unit in self.units if unit.kind == Kind.OTHER)

    @cached_property
    def run_only(self) -> list[str]:
        """Modules that it imports but does not use, hence for their side effects."""
        named = {chain.partition(".")[0] for unit in self.units for chain in unit.chains}
        unnamed = (targets for name, targets in self.imports.items() if name not in named)
        return [target[:-1] for targets in unnamed for target in targets if target.endswith(":")]

    def binds(self, name: str) -> bool:
        """Whether a statement of the module binds this name."""
        return name in self.bound or name in self.imports

    def how_bound(self, name: str) -> list[str]:
        """Returns the binders of a name in order, if it is imported or bound by more than one statement."""
        if name == "*":
            return [binder if bound == "*" else bound for bound, binder in self.bindings] if self.stars else []
        found = self.binders.get(name, [])
        return found if len(found) > 1 or name in self.imports else []

    def to_json(self) -> dict[str, Any]:
        """Returns the parsed module as JSON."""
        kept = asdict(self)
        return {**kept, "units": [{key: value for key, value in unit.items() if value} for unit in kept["units"]]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Module":
        """Returns the module of `to_json`; TypeError or AttributeError if JSON has another form."""
        return cls(**{**kept, "units": [Unit(**unit) for unit in kept["units"]]})


def read_module(name: str, path: Path) -> Module:
    """Parses a module: a file, or the folder of a namespace package.

    Raises:
        OSError: If the file cannot be read.
    """
    if path.is_dir():
        return Module(name, is_package=True, content="", digest=text_digest(""))
    content = path.read_bytes()
    module = Module(name, path.name.startswith("__init__."), text_digest(content.hex()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the import itself shows them
            tree = ast.parse(content)
        return _with_units(module, [*_statements_at_import(tree.body)])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return module


def _with_units(empty: Module, statements: Sequence[ast.stmt]) -> Module:
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
    for unit in units:  # a name that is bound repeatedly is no constant, nor is a value computed from one
        roots = {chain.partition(".")[0] for chain in unit.chains}
        if unit.kind == Kind.CONSTANT and any(len(module.binders.get(name, ())) > 1 for name in {*unit.names, *roots}):
            unit.kind = Kind.OTHER
    return module


_NOT_AT_IMPORT = ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'")


def _statements_at_import(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields the statements that run at import: no docstrings, no ``TYPE_CHECKING`` or ``__main__`` blocks."""
    for statement in statements:
        test = _text_of_test(statement.test) if isinstance(statement, ast.If) else ""
        if isinstance(statement, ast.If) and test.removeprefix("not ") in _NOT_AT_IMPORT:
            yield from _statements_at_import(statement.body if test.startswith("not ") else statement.orelse)
        elif not is_docstring(statement):
            yield statement


def _text_of_test(test: ast.expr) -> str:
    operand = test.operand if isinstance(test, ast.UnaryOp) else test
    return ast.unparse(test) if isinstance(operand, ast.Name | ast.Attribute | ast.Compare) else ""
