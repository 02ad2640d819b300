"""Canonical text of plain values: equal texts mean equal values of equal types."""

import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from gan_pipelines.incremental.errors import UnfingerprintableError

Canonical = Any
"""JSON: a scalar, or a list whose first entry names the type of the value that follows."""
_MAX_DEPTH = 100
_ABSENT = object()


def canonical(value: object, depth: int = 0) -> Canonical:
    """Returns a value as nested lists that distinguish types, such as 1, 1.0 and true, and the order of mappings.

    Raises:
        UnfingerprintableError: If the value contains something that is not plain data.
    """
    if depth > _MAX_DEPTH:
        raise UnfingerprintableError(f"more than {_MAX_DEPTH} levels of lists and mappings")
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, list | tuple):
        return [_name(value), *(canonical(entry, depth + 1) for entry in value)]
    if isinstance(value, dict):
        pairs = ([canonical(key, depth + 1), canonical(entry, depth + 1)] for key, entry in value.items())
        return [_name(value), *pairs]
    if isinstance(value, set | frozenset):
        return [_name(value), *sorted((canonical(entry, depth + 1) for entry in value), key=as_text)]
    return [_name(value), _scalar_text(value)]


def texts_in(value: object) -> list[str]:
    """Returns the strings, and paths as strings, in nested lists, tuples, sets and mappings."""
    found: set[str] = set()
    pending = [value]
    while pending:
        entry = pending.pop()
        if isinstance(entry, str | PurePath):
            found.add(str(entry))
        elif isinstance(entry, dict):
            pending.extend([*entry.keys(), *entry.values()])
        elif isinstance(entry, list | tuple | set | frozenset):
            pending.extend(entry)
    return sorted(found)


def as_text(value: Canonical) -> str:
    """Returns a canonical value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(value: Canonical) -> str:
    """Returns the SHA-256 of a canonical value."""
    return hashlib.sha256(as_text(value).encode("utf8", "surrogatepass")).hexdigest()


def differences(before: Canonical, after: Canonical, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yields dotted key, old and new value (None if absent) of each difference between two canonical values."""
    if _is_mapping(before) and _is_mapping(after):
        old, new = ({as_text(key): entry for key, entry in value[1:]} for value in (before, after))
        for key in [*old, *(key for key in new if key not in old)]:
            below = f"{name}.{json.loads(key)}" if name else str(json.loads(key))
            yield from differences(old.get(key, _ABSENT), new.get(key, _ABSENT), below)
        if list(old) != list(new) and old.keys() == new.keys():
            yield f"{name} (the order of its keys)", list(old), list(new)
    elif before is _ABSENT or after is _ABSENT or as_text(before) != as_text(after):
        yield name, _shown(before), _shown(after)


def _is_mapping(value: Canonical) -> bool:
    return isinstance(value, list) and bool(value) and value[0] == "dict"


def _shown(value: Canonical) -> Any:  # noqa: ANN401  JSON
    """Returns a canonical value without the type names."""
    if value is _ABSENT:
        return None
    if not isinstance(value, list):
        return value
    if _is_mapping(value):
        return {str(_shown(key)): _shown(entry) for key, entry in value[1:]}
    return [_shown(entry) for entry in value[1:]] if value[0] in {"list", "tuple", "set", "frozenset"} else value[1]


def _name(value: object) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _scalar_text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, complex | bool | int | float | str):  # of a subclass
        return repr(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value.total_seconds())
    if isinstance(value, PurePath):
        return value.as_posix()
    raise UnfingerprintableError(f"a value of type {_name(value)}")
