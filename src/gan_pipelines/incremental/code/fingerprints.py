"""What a fingerprint of code consists of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """A top-level statement of a module.

    Args:
        file: With slashes; relative to the project if it lies inside, else absolute.
        name: What it defines; or "statement at line 12", if it defines nothing.
        first_line: Of the statement with its decorators.
        last_line: Of the statement.
        digest: Of the syntax tree; formatting, comments and docstrings do not count.
    """

    file: str
    name: str
    first_line: int
    last_line: int
    digest: str


@dataclass(frozen=True)
class CodeFingerprint:
    """All code that a function can reach.

    Args:
        symbols: By "package.module:name", sorted.
        values: What only the live object tells: arguments of a partial, closure cells, state of an instance.
        packages: Top-level third-party modules.
        environment: Environment variables that are read by a constant name.
        coarse: Where more was counted than is used, because it cannot be told what is used.
        unknown: Why the function cannot be compared at all; None if it can.
    """

    symbols: Mapping[str, Symbol]
    values: Mapping[str, str]
    packages: frozenset[str]
    environment: frozenset[str]
    coarse: tuple[str, ...]
    unknown: str | None
