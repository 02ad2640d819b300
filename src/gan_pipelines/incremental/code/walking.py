"""Walks statements for what they do with the names of others."""

import ast
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gan_pipelines.incremental.code.occurrences import (
    HARMLESS_FUNCTIONS,
    Chain,
    Occurrence,
    Occurrences,
    Use,
    is_harmless_method,
)
from gan_pipelines.incremental.code.scopes import Bound, Import, bound_names, imports_of

_CLASS_ARGUMENTS = {"cls", "mcs", "mcls", "metacls", "klass"}
_SEARCHES = {"__subclasses__", "__globals__", "__doc__"}
_IMPORTING = {"import_module", "__import__"}


def occurrences(statement: ast.stmt, package: str, with_bodies: bool) -> Occurrences:
    """Returns what a statement does.

    Args:
        statement: One of the top level of a module.
        package: What relative imports start from.
        with_bodies: Whether functions count as if they were called; else only what runs when they are defined.
    """
    walk = _Walk(package, with_bodies)
    walk.statement(statement)
    return walk.result


class _Scope(NamedTuple):
    bound: Bound
    is_class: bool = False


class _Walk:
    """Walks a statement, with the names that are bound around the current place."""

    def __init__(self, package: str, with_bodies: bool) -> None:
        self.result = Occurrences()
        self._package = package
        self._is_statement = False
        self._with_bodies = with_bodies
        self._scopes: list[_Scope] = []
        self._class_names: list[str] = []
        self._expressions: dict[type[ast.AST], Callable[..., None]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.Lambda: self._lambda,
            ast.NamedExpr: lambda node, _: self.expression(node.value, Use.KEPT),
            ast.Starred: lambda node, use: self.expression(node.value, use),
            ast.Compare: self._compare,
            **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BoolOp, ast.IfExp), self._container),
            **dict.fromkeys((ast.Await, ast.Yield, ast.YieldFrom), self._container),
            **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), self._comprehension),
        }
        self._statements: dict[type[ast.AST], Callable[..., None]] = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated_assign,
            ast.AugAssign: self._augmented_assign,
            ast.Delete: lambda node: self._all(node.targets, Use.CHANGED),
            ast.Return: lambda node: self._all([node.value], Use.KEPT),
            ast.Expr: self._expression_statement,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Global: self._global,
            ast.For: self._loop,
            ast.AsyncFor: self._loop,
            ast.withitem: lambda node: self._all([node.context_expr, node.optional_vars], Use.KEPT),
        }

    def statement(self, node: ast.AST) -> None:
        """Walks a statement, or a part of one that is neither a statement nor an expression."""
        handler = self._statements.get(node.__class__)
        if handler is not None:
            handler(node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child, Use.READ)
            else:
                self.statement(child)

    def expression(self, node: ast.AST, use: Use) -> None:
        """Walks an expression to whose value something may happen."""
        handler = self._expressions.get(node.__class__)
        if handler is not None:
            handler(node, use)
            return
        for child in ast.iter_child_nodes(node):
            self.expression(child, Use.READ)

    def _all(self, nodes: Iterable[ast.AST | None], use: Use) -> None:
        for node in nodes:
            if node is not None:
                self.expression(node, use)

    # Statements

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node.decorator_list)
        self._all([*node.args.defaults, *node.args.kw_defaults], Use.KEPT)
        arguments = _arguments(node.args)
        for argument in arguments:
            self._annotation(argument.annotation)
        self._annotation(node.returns)
        if self._with_bodies:
            bound = bound_names(node.body, self._package)
            bound.update((argument.arg, []) for argument in arguments)
            self._within(_Scope(bound), node.body)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            generic = base.value if isinstance(base, ast.Subscript) else base
            chain = self._chain(generic)
            if chain is not None:
                self._found(chain, Use.READ, base, is_base=True, is_called=base not in node.bases)
            if chain is None or generic is not base:
                self.expression(base, Use.READ)
        self._class_names.append(node.name)
        self._within(_Scope(bound_names(node.body, self._package), is_class=True), node.body)
        self._class_names.pop()

    def _within(self, scope: _Scope, body: Iterable[ast.stmt]) -> None:
        self._scopes.append(scope)
        for statement in body:
            self.statement(statement)
        self._scopes.pop()

    def _decorators(self, decorators: Iterable[ast.expr]) -> None:
        for decorator in decorators:
            chain = self._chain(decorator)
            if chain is not None:
                self._found(chain, Use.PASSED, decorator, is_called=True)
            else:
                self.expression(decorator, Use.PASSED)

    def _assign(self, node: ast.Assign) -> None:
        self._targets(node.targets)
        self.expression(node.value, Use.KEPT)

    def _annotated_assign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        self._targets([node.target])
        self._all([node.value], Use.KEPT)

    def _augmented_assign(self, node: ast.AugAssign) -> None:
        self._target(node.target, is_augmented=True)
        self.expression(node.value, Use.KEPT)

    def _targets(self, targets: Iterable[ast.expr]) -> None:
        for target in targets:
            self._target(target)

    def _target(self, target: ast.expr, is_augmented: bool = False) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._targets(target.elts)
        elif isinstance(target, ast.Starred):
            self._target(target.value)
        elif is_augmented or not isinstance(target, ast.Name):
            self.expression(target, Use.CHANGED)

    def _expression_statement(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._call(node.value, Use.READ, is_statement=True)
        else:
            self.expression(node.value, Use.READ)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, target in imports_of([node], self._package):
            self.result.imports.append(target)
            if name == "*":
                self._found((target, ()), Use.READ, node)

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self._found((name, ()), Use.CHANGED, node)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self._targets([node.target])
        self.expression(node.iter, Use.KEPT)
        for statement in [*node.body, *node.orelse]:
            self.statement(statement)

    # Expressions

    def _name(self, node: ast.Name, use: Use) -> None:
        if isinstance(node.ctx, ast.Load) or use is Use.CHANGED:
            chain = self._chain(node)
            if chain is not None:
                self._found(chain, use, node)
            elif use >= Use.PASSED:
                self._change_local(node)

    def _change_local(self, node: ast.Name) -> None:
        self.result.changes_arguments = True
        if node.id in _CLASS_ARGUMENTS and self._class_names:
            self._found((self._class_names[0], ()), Use.CHANGED, node)

    def _attribute(self, node: ast.Attribute, use: Use) -> None:
        chain = self._chain(node)
        if chain is not None:
            self._found(chain, use, node)
        else:
            self.expression(node.value, use)

    def _subscript(self, node: ast.Subscript, use: Use) -> None:
        chain = self._chain(node.value)
        if chain is not None:
            is_read = isinstance(node.ctx, ast.Load)
            self._found(chain, use, node, arguments=(_text(node.slice),) if is_read else ())
        else:
            self.expression(node.value, use)
        self.expression(node.slice, Use.READ)

    def _call(self, node: ast.Call, use: Use, is_statement: bool = False) -> None:
        is_statement, self._is_statement = is_statement or self._is_statement, False
        loaded = self._loaded_by(node)
        if loaded is not None:
            self.result.imports.append(loaded)
            self._found((loaded, ()), use, node)
        callee = self._chain(node.func)
        if callee is not None:
            texts = tuple(_text(argument) for argument in node.args)
            if loaded is None and _last_name(node.func) in _IMPORTING:
                texts = ()
            self._found(callee, use, node, is_called=True, is_statement=is_statement, arguments=texts)
        elif isinstance(node.func, ast.Attribute) and not is_harmless_method(node.func.attr):
            self._is_statement = is_statement
            self.expression(node.func.value, Use.CHANGED)
            self._is_statement = False
        else:
            self.expression(node.func, use)
        self._arguments(node, callee, Use.CHANGED if use is Use.CHANGED else Use.PASSED)

    def _arguments(self, node: ast.Call, callee: Chain | None, use: Use) -> None:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node.func, ast.Name) and node.func.id in HARMLESS_FUNCTIONS:
            if node.func.id == "type" and use is Use.CHANGED and self._class_names:
                self._found((self._class_names[0], ()), Use.CHANGED, node)
            use = Use.READ if use is Use.PASSED else use
            named = self._got_by_name(node)
            if named is not None:
                self._found(named, use, node)
                arguments = arguments[1:]
        for argument in arguments:
            inner = argument.value if isinstance(argument, ast.Starred) else argument
            chain = self._chain(inner)
            if chain is not None:
                self._found(chain, use, inner, callee=callee)
            else:
                self.expression(inner, use)

    def _lambda(self, node: ast.Lambda, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        self._all([*node.args.defaults, *node.args.kw_defaults], Use.KEPT)
        self._scopes.append(_Scope({argument.arg: [] for argument in _arguments(node.args)}))
        self.expression(node.body, Use.KEPT)
        self._scopes.pop()

    def _compare(self, node: ast.Compare, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        chain = self._chain(node.comparators[0])
        if chain is not None:
            self._found(chain, Use.READ, node, arguments=(_text(node.left),))
        self._all([node.left, *node.comparators], Use.READ)

    def _container(self, node: ast.AST, use: Use) -> None:
        self._all(ast.iter_child_nodes(node), max(use, Use.KEPT))

    def _comprehension(self, node: ast.AST, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        generators: Sequence[ast.comprehension] = getattr(node, "generators", ())
        bound = bound_names([generator.target for generator in generators], self._package)
        self._scopes.append(_Scope(bound))
        for generator in generators:
            self.expression(generator.iter, Use.KEPT)
            self._all(generator.ifs, Use.READ)
        self._all((getattr(node, name, None) for name in ("key", "value", "elt")), Use.KEPT)
        self._scopes.pop()

    def _annotation(self, node: ast.expr | None) -> None:
        """Walks an annotation, with what stands in quotation marks."""
        if node is None:
            return
        self.expression(node, Use.READ)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                try:
                    quoted = ast.parse(inner.value, mode="eval")
                except (SyntaxError, ValueError):
                    continue
                self.expression(ast.copy_location(quoted.body, inner), Use.READ)

    # Names

    def _chain(self, node: ast.AST) -> Chain | None:
        """Returns the name and attributes of an expression that is nothing else; None for names of its own scopes."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            if node.attr in _SEARCHES:
                self.result.searches[node.attr] = node.lineno
            node = node.value
        path = tuple(reversed(attributes))
        if isinstance(node, ast.Name):
            targets = self._targets_of(node.id)
            if targets is None:
                return node.id, path
            for other in targets[1:]:
                self._found((other, path), Use.READ, node)
            return (targets[0], path) if targets else None
        loaded = self._loaded_by(node) if path and isinstance(node, ast.Call) else None
        if loaded is None or not isinstance(node, ast.Call):
            return None
        self.result.imports.append(loaded)
        callee = self._chain(node.func)
        if callee is not None:
            self._found(callee, Use.READ, node, is_called=True, arguments=(str(loaded),))
        return loaded, path

    def _targets_of(self, name: str) -> list[Import] | None:
        """Returns what a name of the scopes around imports; nothing for other names of these; None if it is foreign."""
        for index in range(len(self._scopes) - 1, -1, -1):
            scope = self._scopes[index]
            is_hidden = scope.is_class and index < len(self._scopes) - 1
            if name in scope.bound and not is_hidden:
                return scope.bound[name]
        return None

    def _loaded_by(self, node: ast.Call) -> Import | None:
        """Returns the module that a call imports by its name; None if it does not, or the name is not constant."""
        name = _text(node.args[0]) if node.args and _last_name(node.func) in _IMPORTING else None
        if name is None or not name.startswith("."):
            return Import(name) if name else None
        anchors = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "package")]
        anchor = anchors[0] if anchors else None
        is_own = isinstance(anchor, ast.Name) and anchor.id == "__package__"
        package = self._package if is_own else _text(anchor)
        try:
            return Import(importlib.util.resolve_name(name, package)) if package else None
        except ImportError:
            return None

    def _got_by_name(self, node: ast.Call) -> Chain | None:
        """Returns what a `getattr` by a constant name takes."""
        is_getattr = isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1
        name = _text(node.args[1]) if is_getattr else None
        chain = self._chain(node.args[0]) if name else None
        return (chain[0], (*chain[1], name)) if chain and name else None

    def _found(
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
        line = getattr(node, "lineno", 0)
        self.result.found.append(Occurrence(chain, use, line, is_called, is_base, is_statement, arguments, callee))


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    optional = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *optional]
