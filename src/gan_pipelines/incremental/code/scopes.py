"""Which names a piece of code binds, and what it imports."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_NEW_SCOPE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Import(NamedTuple):
    """What an import names.

    Args:
        module: Dotted and absolute.
        name: An attribute or submodule of it; None if the module itself is meant.
    """

    module: str
    name: str | None = None

    def __str__(self) -> str:
        """Returns the dotted name."""
        return f"{self.module}.{self.name}" if self.name else self.module


Bound = dict[str, list[Import]]
"""Names that are bound, with what is imported under them."""


def bound_names(statements: Iterable[ast.AST], package: str) -> Bound:
    """Returns the names that statements bind in their own scope.

    Args:
        statements: All of a scope; those of scopes within are left out.
        package: What relative imports start from.
    """
    bound: Bound = {}
    foreign: set[str] = set()
    for node in _within_scope(statements):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, target in _bindings_of(node, package):
                bound.setdefault(name, []).append(target)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            foreign.update(node.names)
        else:
            for name in _bound_by(node):
                bound.setdefault(name, [])
    return {name: targets for name, targets in bound.items() if name not in foreign}


def imports_of(statements: Iterable[ast.AST], package: str) -> Iterator[tuple[str, Import]]:
    """Yields what is imported in a scope, each with a name that it is imported by; ``*`` for all names."""
    for node in _within_scope(statements):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node, package)


def imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Import]]:
    """Yields the full names of what a statement imports."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, Import(alias.name)) for alias in node.names)
        return
    module = _absolute(node, package)
    for alias in node.names if module else ():
        yield alias.name, Import(module) if alias.name == "*" else Import(module, alias.name)


def global_names(function: ast.AST) -> set[str]:
    """Returns the names of the module that functions within a statement bind."""
    return {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}


def _bindings_of(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Import]]:
    for alias, (name, target) in zip(node.names, imported(node, package), strict=False):
        if name == "*":
            continue
        if isinstance(node, ast.Import) and alias.asname is None:
            top = name.partition(".")[0]
            yield top, Import(top)
        else:
            yield alias.asname or name, target


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Returns the module that a from-import names; nothing if it lies above the topmost package."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept) if kept else ""


def _within_scope(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yields all nodes of a scope but those of scopes within it; the nodes that open these are yielded."""
    pending = [*statements][::-1]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _NEW_SCOPE):
            pending.extend(getattr(node, "decorator_list", ()))
        elif isinstance(node, _COMPREHENSION):
            pending.extend(inner for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
        else:
            pending.extend([*ast.iter_child_nodes(node)][::-1])


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        if node.name:
            yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
