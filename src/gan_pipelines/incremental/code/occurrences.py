"""What a piece of code does with a name that it does not bind itself."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from gan_pipelines.incremental.code.scopes import Import

HARMLESS_FUNCTIONS = {
    *("all", "any", "bool", "dict", "enumerate", "float", "frozenset", "getattr", "hasattr", "hash", "id", "int"),
    *("isinstance", "issubclass", "iter", "len", "list", "max", "min", "print", "range", "repr", "reversed", "set"),
    *("sorted", "str", "sum", "tuple", "type", "zip"),
}
"""Builtins that leave their arguments as they are."""

_HARMLESS_METHODS = {
    *("copy", "count", "endswith", "format", "get", "index", "items", "join", "keys", "lower", "replace", "rsplit"),
    *("split", "splitlines", "startswith", "strip", "title", "upper", "values"),
    *("difference", "intersection", "issubset", "issuperset", "isdisjoint", "union"),
    *("as_posix", "exists", "is_dir", "is_file", "joinpath", "read_bytes", "read_text", "resolve", "with_suffix"),
    *("debug", "error", "exception", "info", "warning"),
}


def is_harmless_method(name: str) -> bool:
    """Whether methods of this name leave the object as it is, as far as anybody calls them so."""
    return name in _HARMLESS_METHODS or (name.startswith("__") and name not in _CHANGING_OPERATORS)


_CHANGING_OPERATORS = {"__setitem__", "__delitem__", "__setattr__", "__delattr__", "__init__", "__iadd__", "__ior__"}


class Use(IntEnum):
    """What may happen to a value; a later one includes the earlier ones."""

    READ = 0
    KEPT = 1
    """Something else refers to it afterwards."""
    PASSED = 2
    """It is an argument of a call."""
    CHANGED = 3


Chain = tuple[str | Import, tuple[str, ...]]
"""A name, or what is imported right there; and the attributes that are taken of it."""


class Occurrence(NamedTuple):
    """One place at which a name that is bound elsewhere is used.

    Args:
        chain: The name with its attributes.
        use: What may happen to the value; for a call, to its result.
        line: Where it stands.
        is_called: Whether the value is called.
        is_base: Whether a class inherits from it, or has it for its metaclass; which is called, too.
        is_statement: Whether the call is a statement of its own, so that only what it does on the way counts.
        arguments: Of the call, or the key of a subscript; None for what is no constant text.
        callee: What the value is passed to; None if that is not a name.
    """

    chain: Chain
    use: Use
    line: int
    is_called: bool = False
    is_base: bool = False
    is_statement: bool = False
    arguments: tuple[str | None, ...] = ()
    callee: Chain | None = None


@dataclass
class Occurrences:
    """All that a piece of code does with the names of others.

    Args:
        found: In the order in which they stand.
        imports: What its import statements load.
        searches: Where it looks for code by other ways than names: attributes such as ``__subclasses__``, and the line.
        changes_arguments: Whether something may happen to what it was passed.
    """

    found: list[Occurrence] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    searches: dict[str, int] = field(default_factory=dict)
    changes_arguments: bool = False
