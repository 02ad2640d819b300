"""Names that a statement binds, uses and alters, from its syntax tree without scope analysis."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum

ASKS_FOR_OWN_NAMES, HAS_METACLASS = "globals()", "metaclass="
RUNS_FOR_SUBCLASSES = {"__init_subclass__", "__set_name__", "__prepare__", HAS_METACLASS}

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_SPECIAL_NAMES = {"__doc__", "__subclasses__", "__globals__", ASKS_FOR_OWN_NAMES, *RUNS_FOR_SUBCLASSES}
_REFERENCE = re.compile(r"\.{0,3}[A-Za-z_]\w*(?:[.:]\w+)+|[A-Z][A-Z0-9_]{2,}")
"""Strings that look like dotted names of code or names of environment variables."""
_CHAIN = re.compile(r"[A-Za-z_][\w.]*")
_IMPORTING = {"__import__", "import_module", "find_spec", "load_obj", "resolve_name", "locate", "run_module"}
_NON_MUTATING = frozenset(
    re.findall(
        r"\w+",
        """
        get keys values items copy index count format join split strip lower upper startswith endswith replace encode
        decode exists is_file is_dir read_text read_bytes open glob resolve relative_to with_name joinpath info debug
        warning error exception log match search sub fullmatch finditer findall model_validate model_dump model_copy
        isdisjoint issubset issuperset union intersection difference most_common total
        """,
    )
)
"""Names of methods that are assumed not to alter their object."""
_PURE_CALLS = frozenset(
    re.findall(
        r"\w+",
        """
        Annotated ContextVar Decimal Field NewType ParamSpec Path PurePath Struct TypeVar TypeVarTuple array bool
        bytes cast dict field float fromkeys frozenset getLogger int items keys len list maketrans max min namedtuple
        range set sorted str sum timedelta tuple values zip
        """,
    )
)
"""Names of functions that are assumed to have no side effects; ``re.compile`` too."""


class Kind(StrEnum):
    """Kind of a statement; a constant is an assignment of plain values."""

    FUNCTION = "function"
    CLASS = "class"
    CONSTANT = "constant"
    OTHER = "other"


@dataclass(eq=False)
class Unit:
    """A top-level statement of a module. A chain is a name with attributes, such as ``layers.Dense``.

    Args:
        first_line: First line, including decorators.
        digest: Digest of its syntax tree without docstrings.
        module: Dotted name of its module.
        label: First bound name, or position; unique in the module.
        names: Names that it binds in the module.
        chains: All chains in it.
        imports: Names that nested imports bind, with their targets ``module:name`` or ``module:``. The name is empty
            if an import only runs a module.
        words: Special names and reference-like strings, with the first line of each.
        writes: Chains whose attributes or items it assigns.
        touches: Chains whose methods it calls, or that it passes to a call whose result is unused.
        calls: Chains that it calls.
        outward: Calls whose result is unused, and decorators that register.
        decorators: Decorators of all its functions and classes, and calls in their defaults.
        bases: Base classes and metaclass.
    """

    kind: Kind
    first_line: int
    last_line: int
    digest: str
    module: str = ""
    label: str = ""
    names: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    imports: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    touches: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    outward: list[str] = field(default_factory=list)
    decorators: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)


def read_unit(statement: ast.stmt, package: str) -> Unit:
    """Returns the unit of a top-level statement; `package` is the base of relative imports."""
    decorators = getattr(statement, "decorator_list", [])
    unit = Unit(
        kind=_kind(statement),
        first_line=min([statement.lineno, *(each.lineno for each in decorators)]),
        last_line=statement.end_lineno or statement.lineno,
        digest=digest_of([statement]),
        names=[*_bound(statement)],
    )
    _Reader(unit, package).read(statement)
    for called in _called_by_definition(statement):
        unit.decorators += _roots(called)
    unit.outward += [chain for chain in unit.decorators if "register" in chain]
    for each in fields(unit):
        value = getattr(unit, each.name)
        if isinstance(value, list):
            setattr(unit, each.name, list(dict.fromkeys(value)))
    return unit


class _Reader:
    """Visits a syntax tree and fills a unit; a node type's method may return the children that are still to be visited.

    Each method is named after a class of `ast` in lower case.
    """

    def __init__(self, unit: Unit, package: str) -> None:
        self._unit = unit
        self._package = package

    def read(self, statement: ast.stmt) -> None:
        pending: list[ast.AST] = [statement]
        while pending:
            node = pending.pop()
            method = getattr(self, f"_{node.__class__.__name__.lower()}", None)
            left = method(node) if method is not None else None
            pending.extend(ast.iter_child_nodes(node) if left is None else left)

    def _name(self, node: ast.Name | ast.Attribute) -> Iterable[ast.AST]:
        chain = _chain_of(node)
        self._unit.chains += [chain] if chain else []
        if isinstance(node.ctx, ast.Del) or (isinstance(node.ctx, ast.Store) and isinstance(node, ast.Attribute)):
            self._unit.writes += _roots(node)
        self._add_word(node.attr if isinstance(node, ast.Attribute) else node.id, node)
        return (node.value,) if chain is None and isinstance(node, ast.Attribute) else ()

    _attribute = _name

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._add_word(node.value, node, is_reference=_REFERENCE.fullmatch(node.value) is not None)

    def _subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._unit.writes += _roots(node)

    def _augassign(self, node: ast.AugAssign) -> None:
        self._unit.writes += _roots(node.target)

    def _binop(self, node: ast.BinOp) -> None:  # an overloaded operator may alter its operands
        self._unit.touches += _roots(node.left) + _roots(node.right)

    def _global(self, node: ast.Global) -> None:
        self._unit.chains += node.names
        self._unit.writes += node.names

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self._unit.imports += _imports(node, self._package)

    _importfrom = _import

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._add_word(node.name, node)
        self._add_quoted_names(node.returns)

    _asyncfunctiondef = _functiondef

    def _arg(self, node: ast.arg | ast.AnnAssign) -> None:
        self._add_quoted_names(node.annotation)

    _annassign = _arg

    def _add_quoted_names(self, annotation: ast.expr | None) -> None:
        """Adds the names in string annotations."""
        for node in ast.walk(annotation) if annotation is not None else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._unit.chains += _CHAIN.findall(node.value)

    def _add_word(self, word: str, node: ast.expr | ast.stmt, is_reference: bool = False) -> None:
        if is_reference or word in _SPECIAL_NAMES:
            self._unit.words[word] = min(node.lineno, self._unit.words.get(word, node.lineno))

    def _call(self, node: ast.Call) -> Iterable[ast.AST]:
        unit, callee = self._unit, _chain_of(node.func)
        texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args[:2]]
        first, last = (texts[0], texts[-1]) if texts else (None, None)
        arguments = [*node.args, *node.keywords]
        if callee in {"globals", "vars", "dir", "locals"} and not arguments:
            self._add_word(ASKS_FOR_OWN_NAMES, node)
        if callee:
            unit.calls.append(callee)
            if callee.rpartition(".")[2] in _IMPORTING and isinstance(first, str) and self._add_import(node, first):
                return arguments
        if callee == "getattr" and isinstance(last, str) and (of := _chain_of(node.args[0])):
            self._add_word(last, node)
            unit.chains += [callee, f"{of}.{last}"]
            return node.args[2:]
        if callee in {"setattr", "delattr", "vars"} and node.args:
            unit.writes += _roots(node.args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr not in _NON_MUTATING:
            unit.touches += _roots(node.func.value)
        return (node.func, *arguments)

    def _add_import(self, node: ast.Call, name: str) -> bool:
        """Adds an import by a constant name; returns whether the imported module is known."""
        level = len(name) - len(name.lstrip("."))
        package = self._package
        for argument in (*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "package")):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                package = argument.value
            elif not (isinstance(argument, ast.Name) and argument.id == "__package__"):
                return not level
        module = absolute(name.lstrip("."), level, package).replace(":", ".")
        self._add_word(module, node, is_reference=True)
        self._unit.imports.append(("", f"{module}:"))
        return True

    def _expr(self, node: ast.Expr) -> None:
        """Adds the effects of a call whose result is unused: on its arguments, and outside the project."""
        if isinstance(node.value, ast.Call):
            self._unit.touches += _roots(node.value)
            if getattr(node.value.func, "attr", "") not in _NON_MUTATING:
                self._unit.outward += _roots(node.value.func)

    def _classdef(self, node: ast.ClassDef) -> None:
        for base in (*node.bases, *node.keywords):
            self._unit.bases += _roots(base)
        is_metaclass = any("Meta" in chain or chain == "type" for chain in map(_chain_of, node.bases) if chain)
        if is_metaclass or any(keyword.arg == "metaclass" for keyword in node.keywords):
            self._add_word(HAS_METACLASS, node)


def _imports(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, str]]:
    """Yields the names that an import binds (``*`` for all of a module) and their targets."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, f"{alias.name if alias.asname else top}:"
            yield "", f"{alias.name}:"
        return
    module = absolute(node.module or "", node.level, package)
    for alias in node.names if module and module != "__future__" else ():
        yield alias.asname or alias.name, f"{module}:{alias.name}"


def absolute(module: str, level: int, package: str) -> str:
    """Returns the absolute name of a relative import; empty if it is above the top-level package."""
    parts = package.split(".")
    kept = parts[: max(len(parts) - level + 1, 0)]
    return module if not level else ".".join([*kept, module] if module and kept else kept)


def _called_by_definition(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yields what runs when functions and classes are defined: decorators, and calls in defaults."""
    if isinstance(statement, FUNCTION | ast.ClassDef):
        yield from statement.decorator_list
    if isinstance(statement, FUNCTION):
        defaults = (*statement.args.defaults, *statement.args.kw_defaults)
        yield from (default for default in defaults if isinstance(default, ast.Call))
    for inner in ast.iter_child_nodes(statement) if not isinstance(statement, FUNCTION) else ():
        yield from _called_by_definition(inner) if isinstance(inner, ast.stmt) else ()


def _chain_of(node: ast.AST) -> str | None:
    """Returns a dotted name; None for other expressions."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(attributes)]) if isinstance(node, ast.Name) else None


def _roots(node: ast.AST) -> list[str]:
    """Returns the chains in an expression, each also without its last attribute (the altered object)."""
    found: list[str] = []
    pending = [node]
    while pending:
        node = pending.pop()
        chain = _chain_of(node)
        if chain is None:
            pending.extend(ast.iter_child_nodes(node))
        else:
            found += [chain, chain.rpartition(".")[0] or chain]
    return found


def _kind(statement: ast.stmt) -> Kind:
    if isinstance(statement, FUNCTION):
        return Kind.FUNCTION
    if isinstance(statement, ast.ClassDef):
        return Kind.CLASS
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        are_names = all(isinstance(target, ast.Name) and target.id != "__cache_version__" for target in targets)
        if are_names and (statement.value is None or _is_plain(statement.value)):
            return Kind.CONSTANT
    return Kind.OTHER


def _is_plain(value: ast.expr) -> bool:
    """Whether evaluating an expression has no side effects; bodies of lambdas are not evaluated."""
    pending: list[ast.AST] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp):  # an overloaded operator is a call; | between types is a union
            operands = (node.left, node.right)
            is_of_literals = all(isinstance(each, ast.Constant | ast.BinOp) for each in operands)
            is_plain = isinstance(node.op, ast.BitOr) or is_of_literals
        elif isinstance(node, ast.Call):
            chain = _chain_of(node.func) or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
            is_plain = chain.rpartition(".")[2] in _PURE_CALLS or chain == "re.compile"
        else:
            is_plain = not isinstance(node, ast.NamedExpr | ast.Await)
        if not is_plain:
            return False
        if not isinstance(node, ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return True


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yields the names that a statement binds in its module: those stored outside functions and classes."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, FUNCTION | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        if not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            pending.extend(ast.iter_child_nodes(node))
    yield from (name for node in ast.walk(statement) if isinstance(node, ast.Global) for name in node.names)


_IGNORED_FIELDS = {"ctx", "type_comment", "kind", "type_ignores"}


def digest_of(nodes: Iterable[ast.AST]) -> str:
    """Returns a digest of syntax trees that ignores positions, formatting, comments and docstrings.

    Any string statement is a docstring. The tree is written in prefix form without recursion, because expressions may
    be deeper than Python's stack.
    """
    tokens: list[str] = []
    pending: list[object] = [[*nodes]]
    while pending:
        value = pending.pop()
        if isinstance(value, ast.AST):
            tokens.append(value.__class__.__name__)
            pending += [getattr(value, name, None) for name in reversed(value._fields) if name not in _IGNORED_FIELDS]
        elif isinstance(value, list):
            compared = [entry for entry in value if not is_docstring(entry)]
            tokens.append(f"[{len(compared)}")
            pending.extend(reversed(compared))
        else:
            tokens.append(literal(value))
    return text_digest("\n".join(tokens))


def text_digest(text: str) -> str:
    """Returns the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()


def is_docstring(node: object) -> bool:
    """Whether a statement is a string expression."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def literal(value: object) -> str:
    """Returns a constant as text; integers in hexadecimal, because Python limits the length of decimal ones."""
    if isinstance(value, frozenset):
        return repr(sorted(map(repr, value)))
    return hex(value) if value.__class__ is int and isinstance(value, int) else repr(value)
