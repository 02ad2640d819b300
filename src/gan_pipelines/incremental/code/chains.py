"""Which names of others an expression begins with."""

import ast
import importlib.util
from typing import NamedTuple

from gan_pipelines.incremental.code.occurrences import Chain, Occurrence, Occurrences, Use
from gan_pipelines.incremental.code.scopes import Bound, Import

SEARCHES = {"__subclasses__", "__globals__", "__doc__"}
"""Attributes that lead to code, or to what is written about it."""

_IMPORTING = {"import_module", "__import__"}
_FINDING = "find_spec"


class Scope(NamedTuple):
    """Names that are bound around a place."""

    bound: Bound
    is_class: bool = False


class Chains:
    """Tells names of others from those of the scopes around a place, and notes how they are used.

    Args:
        package: What relative imports start from.
    """

    def __init__(self, package: str) -> None:
        self.result = Occurrences()
        self.scopes: list[Scope] = []
        self.package = package

    def chain(self, node: ast.AST) -> Chain | None:
        """Returns the name and attributes of an expression that is nothing else; None for names of its own scopes."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            if node.attr in SEARCHES:
                self.result.searches[node.attr] = node.lineno
            node = node.value
        path = tuple(reversed(attributes))
        if isinstance(node, ast.Name):
            targets = self._targets_of(node)
            if targets is None:
                return node.id, path
            for other in targets[1:]:
                self.add((other, path), Use.READ, node)
            return (targets[0], path) if targets else None
        loaded = self.loaded_by(node) if path and isinstance(node, ast.Call) else None
        if loaded is None or not isinstance(node, ast.Call) or last_name(node.func) == _FINDING:
            return None
        self.result.imports.append(loaded)
        callee = self.chain(node.func)
        if callee is not None:
            self.add(callee, Use.READ, node, is_called=True, arguments=(str(loaded),))
        return loaded, path

    def _targets_of(self, node: ast.Name) -> list[Import] | None:
        """Returns what a name of the scopes around imports; nothing for other names of these; None if it is foreign."""
        for index in range(len(self.scopes) - 1, -1, -1):
            scope = self.scopes[index]
            is_hidden = scope.is_class and index < len(self.scopes) - 1
            if node.id in scope.bound and not is_hidden:
                return scope.bound[node.id]
        if node.id in SEARCHES:
            self.result.searches[node.id] = node.lineno
        return None

    def loaded_by(self, node: ast.Call) -> Import | None:
        """Returns the module that a call imports or finds by its name; None if it does not, or no constant names it."""
        name = constant_text(node.args[0]) if node.args and is_importing(node.func) else None
        if name is None or not name.startswith("."):
            return Import(name) if name else None
        anchors = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "package")]
        anchor = anchors[0] if anchors else None
        is_own = isinstance(anchor, ast.Name) and anchor.id == "__package__"
        package = self.package if is_own else constant_text(anchor)
        try:
            return Import(importlib.util.resolve_name(name, package)) if package else None
        except ImportError:
            return None

    def got_by_name(self, node: ast.Call) -> Chain | None:
        """Returns what a `getattr` by a constant name takes."""
        is_getattr = isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1
        name = constant_text(node.args[1]) if is_getattr else None
        chain = self.chain(node.args[0]) if name else None
        return (chain[0], (*chain[1], name)) if chain and name else None

    def add(
        self,
        chain: Chain,
        use: Use,
        node: ast.AST,
        *,
        is_called: bool = False,
        is_base: bool = False,
        is_statement: bool = False,
        arguments: tuple[str | None, ...] = (),
        callee: Chain | None = None,
    ) -> None:
        """Notes that a name is used."""
        line = getattr(node, "lineno", 0)
        self.result.found.append(Occurrence(chain, use, line, is_called, is_base, is_statement, arguments, callee))


def constant_text(node: ast.AST | None) -> str | None:
    """Returns the text that an expression is; None if it is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def last_name(node: ast.expr) -> str:
    """Returns the name or the last attribute that an expression is; nothing if it is neither."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_importing(node: ast.expr) -> bool:
    """Whether a function is called like those that import or find modules by name."""
    return last_name(node) in {*_IMPORTING, _FINDING}
