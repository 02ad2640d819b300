"""Modules as lists of top-level statements, and the names that these bind."""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gan_pipelines.incremental.code.normal_form import is_docstring, text_digest
from gan_pipelines.incremental.code.scopes import Import, bound_names, global_names, imports_of

WHOLE = "*"
"""Stands for all names of a module."""

CACHE_VERSION = "__cache_version__"
"""A module that gives itself another version of this name is new as a whole."""

_DECORATED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_GLOBAL = re.compile(rb"^\s+global\s", re.MULTILINE)


@dataclass(eq=False)
class Unit:
    """A top-level statement.

    Args:
        module: The dotted name of its module.
        node: The statement.
        names: What it binds.
        label: What a user knows it by.
        identity: Its name among all units of the project; set when its module is complete.
    """

    module: str
    node: ast.stmt
    names: tuple[str, ...]
    label: str = ""
    identity: str = ""

    @property
    def counts_for_all(self) -> bool:
        """Whether all that its module defines depends on it."""
        return CACHE_VERSION in self.names or _is_of_the_future(self.node)

    @property
    def first_line(self) -> int:
        """The line on which it begins, with its decorators."""
        decorators = self.node.decorator_list if isinstance(self.node, _DECORATED) else []
        return min([self.node.lineno, *(decorator.lineno for decorator in decorators)])

    @property
    def last_line(self) -> int:
        """The line on which it ends."""
        return self.node.end_lineno or self.node.lineno


@dataclass(eq=False)
class ImportBinding:
    """A name that a top-level import binds.

    Unlike a unit it is known by what it imports: to import more by the same statement changes nothing for it.
    """

    module: str
    name: str
    target: Import
    first_line: int
    last_line: int
    identity: str = ""


@dataclass
class Module:
    """A module of the project.

    Args:
        name: Its dotted name.
        path: Its file; or its folder, if it is a package without code.
        is_package: Whether it may hold modules.
        content: The bytes of its file.
        tree: None if it is no Python code that this version of Python can read.
    """

    name: str
    path: Path
    is_package: bool
    content: bytes = b""
    tree: ast.Module | None = None
    units: list[Unit] = field(default_factory=list)
    bindings: dict[str, list[Unit | ImportBinding]] = field(default_factory=dict)
    stars: list[tuple[int, str]] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)

    @property
    def package(self) -> str:
        """What its relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def bytes_digest(self) -> str:
        """A digest of the file as it is."""
        return text_digest(self.content.hex())

    def units_of(self, name: str) -> list[Unit]:
        """Returns the statements that bind a name, other than imports."""
        return [binding for binding in self.bindings.get(name, ()) if isinstance(binding, Unit)]

    def unit_at(self, line: int) -> Unit | None:
        """Returns the statement that spans a line."""
        return next((unit for unit in self.units if unit.first_line <= line <= unit.last_line), None)


def read_module(name: str, path: Path) -> Module:
    """Reads and takes apart a module.

    Raises:
        OSError: The file cannot be read.
    """
    if path.is_dir():
        return Module(name, path, is_package=True, tree=ast.Module(body=[], type_ignores=[]))
    module = Module(name, path, path.name.startswith("__init__."), path.read_bytes())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whoever imports the module is told
            module.tree = ast.parse(module.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return module
    has_globals = _GLOBAL.search(module.content) is not None
    for statement in _counting(module.tree.body):
        _add(module, statement, has_globals)
    _name_bindings(module)
    return module


def _counting(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields what runs when a module is imported: neither what is for type checkers nor what is for scripts."""
    for statement in statements:
        if is_docstring(statement):
            continue
        taken = _constant_branch(statement) if isinstance(statement, ast.If) else None
        if taken is None:
            yield statement
        else:
            yield from _counting(taken)


def _constant_branch(statement: ast.If) -> list[ast.stmt] | None:
    """Returns the branch that imports always take; None if that cannot be told."""
    test, taken, other = statement.test, statement.orelse, statement.body
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, taken, other = test.operand, other, taken
    if _source(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'"}:
        return taken
    return None


def _add(module: Module, statement: ast.stmt, has_globals: bool) -> None:
    bound = bound_names([statement], module.package)
    imports = [*imports_of([statement], module.package)]
    module.imports.extend(target for _, target in imports)
    module.stars.extend((statement.lineno, target.module) for name, target in imports if name == WHOLE)
    lines = statement.lineno, statement.end_lineno or statement.lineno
    for name, targets in bound.items():
        for target in targets:
            _bind(module, name, ImportBinding(module.name, name, target, *lines))
    if isinstance(statement, ast.Import | ast.ImportFrom) and not _is_of_the_future(statement):
        return
    rebound = sorted(global_names(statement)) if has_globals else ()
    unit = Unit(module.name, statement, tuple(dict.fromkeys([*bound, *rebound])))
    module.units.append(unit)
    for name in unit.names:
        _bind(module, name, unit)


def _is_of_the_future(statement: ast.stmt) -> bool:
    """Whether a statement changes what all others of its module mean."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _bind(module: Module, name: str, binding: Unit | ImportBinding) -> None:
    module.bindings.setdefault(name, []).append(binding)


def _name_bindings(module: Module) -> None:
    """Names what a module binds by the order among its like, so that no line number is part of a name."""
    counts: Counter[str] = Counter()

    def identity(label: str) -> str:
        counts[label] += 1
        return f"{module.name}:{label}" + (f" ({counts[label]})" if counts[label] > 1 else "")

    for unit in module.units:
        unit.label = unit.names[0] if unit.names else f"statement at line {unit.first_line}"
        unit.identity = identity(unit.names[0] if unit.names else f"statement {_head(unit.node)}")
    for bindings in module.bindings.values():
        for binding in bindings:
            if isinstance(binding, ImportBinding):
                binding.identity = identity(binding.name)


def _head(statement: ast.stmt) -> str:
    """Returns the part of a statement without a name that an edit is least likely to change."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return f"{_source(statement.value.func)}(...)"
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
        target = statement.target if isinstance(statement, ast.AugAssign | ast.AnnAssign) else statement.targets[0]
        return f"{_source(target.value if isinstance(target, ast.Subscript) else target)} = ..."
    return type(statement).__name__.lower()


def _source(node: ast.expr) -> str:
    """Returns an expression as text; only its kind if it holds a number that Python does not write in decimal."""
    try:
        return ast.unparse(node)
    except ValueError:
        return type(node).__name__.lower()
