"""Digests of syntax trees that only what a program does can change."""

import ast
import hashlib

_WITHOUT_EFFECT = {"ctx", "type_comment", "kind", "type_ignores"}
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def digest_of(*nodes: ast.AST, with_docstrings: bool = False) -> str:
    """Returns a digest that positions, formatting and comments do not change; nor docstrings, unless asked for.

    A text that stands as a statement counts as a docstring wherever it is: Python drops it, too.
    """
    tokens: list[str] = []
    for node in nodes:
        _write(node, tokens, with_docstrings)
    return text_digest("\n".join(tokens))


def text_digest(text: str) -> str:
    """Returns 64 hexadecimal digits for a text."""
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()


def is_docstring(node: object) -> bool:
    """Whether a statement is nothing but a text."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _write(node: ast.AST, tokens: list[str], with_docstrings: bool) -> None:
    """Appends a node in prefix form; it can be read back, because each kind has a fixed number of fields."""
    kind = node.__class__
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_EFFECT)
    tokens.append(kind.__name__)
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            _write(value, tokens, with_docstrings)
        elif value.__class__ is list:
            tokens.append("[")
            for entry in value:
                if not isinstance(entry, ast.AST):
                    tokens.append(literal(entry))
                elif with_docstrings or not is_docstring(entry):
                    _write(entry, tokens, with_docstrings)
            tokens.append("]")
        else:
            tokens.append(literal(value))


def literal(value: object) -> str:
    """Returns a constant as text; whole numbers in hexadecimal, because Python writes no long ones in decimal."""
    return hex(value) if value.__class__ is int and isinstance(value, int) else repr(value)
