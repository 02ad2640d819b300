"""Walks statements for what they do with the names of others."""

import ast
from collections.abc import Callable, Iterable, Sequence

from gan_pipelines.incremental.code.chains import SEARCHES, Chains, Scope, constant_text, is_importing
from gan_pipelines.incremental.code.occurrences import HARMLESS_FUNCTIONS, Chain, Occurrences, Use, is_harmless_method
from gan_pipelines.incremental.code.scopes import bound_names, imports_of

_CLASS_ARGUMENTS = {"cls", "mcs", "mcls", "metacls", "klass"}


def occurrences(statement: ast.stmt, package: str, with_bodies: bool) -> Occurrences:
    """Returns what a statement does.

    Args:
        statement: One of the top level of a module.
        package: What relative imports start from.
        with_bodies: Whether functions count as if they were called; else only what runs when they are defined.
    """
    walk = _Walk(package, with_bodies)
    walk.statement(statement)
    return walk.chains.result


class _Walk:
    """Walks a statement; each kind of statement and expression that says more than its parts has a method."""

    def __init__(self, package: str, with_bodies: bool) -> None:
        self.chains = Chains(package)
        self._is_statement = False
        self._with_bodies = with_bodies
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
            ast.Constant: self._constant,
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
            bound = bound_names(node.body, self.chains.package)
            bound.update((argument.arg, []) for argument in arguments)
            self._within(Scope(bound), node.body)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            generic = base.value if isinstance(base, ast.Subscript) else base
            chain = self.chains.chain(generic)
            if chain is not None:
                self.chains.add(chain, Use.READ, base, is_base=True, is_called=base not in node.bases)
            if chain is None or generic is not base:
                self.expression(base, Use.READ)
        self._class_names.append(node.name)
        self._within(Scope(bound_names(node.body, self.chains.package), is_class=True), node.body)
        self._class_names.pop()

    def _within(self, scope: Scope, body: Iterable[ast.stmt]) -> None:
        self.chains.scopes.append(scope)
        for statement in body:
            self.statement(statement)
        self.chains.scopes.pop()

    def _decorators(self, decorators: Iterable[ast.expr]) -> None:
        for decorator in decorators:
            chain = self.chains.chain(decorator)
            if chain is not None:
                self.chains.add(chain, Use.PASSED, decorator, is_called=True)
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
            self._operands(node.value)

    def _operands(self, node: ast.expr) -> None:
        """Walks an expression whose result nobody takes: an operator that stands there is there for what it changes."""
        if isinstance(node, ast.BinOp):
            self._operands(node.left)
            self._operands(node.right)
        else:
            self.expression(node, Use.PASSED)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, target in imports_of([node], self.chains.package):
            self.chains.result.imports.append(target)
            if name == "*":
                self.chains.add((target, ()), Use.READ, node)

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self.chains.add((name, ()), Use.CHANGED, node)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self._targets([node.target])
        self.expression(node.iter, Use.KEPT)
        for statement in [*node.body, *node.orelse]:
            self.statement(statement)

    # Expressions

    def _name(self, node: ast.Name, use: Use) -> None:
        if isinstance(node.ctx, ast.Load) or use is Use.CHANGED:
            chain = self.chains.chain(node)
            if chain is not None:
                self.chains.add(chain, use, node)
            elif use >= Use.PASSED:
                self._change_local(node)

    def _change_local(self, node: ast.Name) -> None:
        self.chains.result.changes_arguments = True
        if node.id in _CLASS_ARGUMENTS and self._class_names:
            self.chains.add((self._class_names[0], ()), Use.CHANGED, node)

    def _attribute(self, node: ast.Attribute, use: Use) -> None:
        chain = self.chains.chain(node)
        if chain is not None:
            self.chains.add(chain, use, node)
        else:
            self.expression(node.value, use)

    def _subscript(self, node: ast.Subscript, use: Use) -> None:
        chain = self.chains.chain(node.value)
        if chain is not None:
            is_read = isinstance(node.ctx, ast.Load)
            self.chains.add(chain, use, node, arguments=(constant_text(node.slice),) if is_read else ())
        else:
            self.expression(node.value, use)
        self.expression(node.slice, Use.READ)

    def _call(self, node: ast.Call, use: Use, is_statement: bool = False) -> None:
        is_statement, self._is_statement = is_statement or self._is_statement, False
        loaded = self.chains.loaded_by(node)
        if loaded is not None:
            self.chains.result.imports.append(loaded)
            self.chains.add((loaded, ()), use, node)
        callee = self.chains.chain(node.func)
        if callee is not None:
            texts = tuple(constant_text(argument) for argument in node.args)
            if loaded is None and is_importing(node.func):
                texts = ()
            self.chains.add(callee, use, node, is_called=True, is_statement=is_statement, arguments=texts)
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
                self.chains.add((self._class_names[0], ()), Use.CHANGED, node)
            use = Use.READ if use is Use.PASSED else use
            named = self.chains.got_by_name(node)
            if named is not None:
                self.chains.add(named, use, node)
                arguments = arguments[1:]
        for argument in arguments:
            inner = argument.value if isinstance(argument, ast.Starred) else argument
            chain = self.chains.chain(inner)
            if chain is not None:
                self.chains.add(chain, use, inner, callee=callee)
            else:
                self.expression(inner, use)

    def _lambda(self, node: ast.Lambda, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        self._all([*node.args.defaults, *node.args.kw_defaults], Use.KEPT)
        self.chains.scopes.append(Scope({argument.arg: [] for argument in _arguments(node.args)}))
        self.expression(node.body, Use.KEPT)
        self.chains.scopes.pop()

    def _compare(self, node: ast.Compare, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        chain = self.chains.chain(node.comparators[0])
        if chain is not None:
            self.chains.add(chain, Use.READ, node, arguments=(constant_text(node.left),))
        self._all([node.left, *node.comparators], Use.READ)

    def _constant(self, node: ast.Constant, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        if isinstance(node.value, str) and node.value in SEARCHES:
            self.chains.result.searches[node.value] = node.lineno

    def _container(self, node: ast.AST, use: Use) -> None:
        self._all(ast.iter_child_nodes(node), max(use, Use.KEPT))

    def _comprehension(self, node: ast.AST, use: Use) -> None:  # noqa: ARG002  the shape of all handlers
        generators: Sequence[ast.comprehension] = getattr(node, "generators", ())
        bound = bound_names([generator.target for generator in generators], self.chains.package)
        self.chains.scopes.append(Scope(bound))
        for generator in generators:
            self.expression(generator.iter, Use.KEPT)
            self._all(generator.ifs, Use.READ)
        self._all((getattr(node, name, None) for name in ("key", "value", "elt")), Use.KEPT)
        self.chains.scopes.pop()

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


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    optional = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *optional]
