"""What is different from the last time, in words."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gan_pipelines.incremental.values import differences

UNKNOWN = "unknown"
"""Stands for what is not known before another node has run."""

_LONGEST_VALUE = 40
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Change:
    """One reason for a node to run.

    Args:
        kind: code, parameter, input, package, python, environment, dataset, file, output, new, forced or always.
        subject: What changed, by the name that a user knows it by.
        before: Its old value; None if there was none.
        after: Its new value; None if there is none.
        detail: More of it, for those who ask.
    """

    kind: str
    subject: str
    before: Any = None
    after: Any = None
    detail: str = ""

    def __str__(self) -> str:
        """Returns the change in a few words."""
        if self.kind in {"always", "forced", "new"}:
            return self.subject
        if self.kind == "output":
            return f"output {self.subject} is {self.after}"
        if self.kind in {"parameter", "package", "python", "environment"}:
            return f"{self.kind} {self.subject}: {_short(self.before)} -> {_short(self.after)}"
        if self.after == UNKNOWN:
            return f"{self.kind} {self.subject} may change"
        verb = "new" if self.before is None else "gone" if self.after is None else "changed"
        return f"{self.kind} {self.subject} {verb}"

    def to_json(self) -> dict[str, Any]:
        """Returns the change as JSON."""
        return asdict(self)


def in_short(found: Sequence[Change]) -> str:
    """Returns the first changes in one line, and how many there are more."""
    rest = len(found) - _MOST_SHOWN
    return "; ".join(map(str, found[:_MOST_SHOWN])) + (f"; and {rest} more" if rest > 0 else "")


ReadSource = Callable[[str, str | None], str | None]
"""Returns the text of a project file: with the digest that it had then, or as it is now."""


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], sources: Mapping[str, str], read: ReadSource
) -> Iterator[Change]:
    """Yields what differs between what a node depended on then and what it depends on now.

    Args:
        before: At that time.
        after: Now.
        sources: Digests of the project's files at that time, by path.
        read: Returns the text of a project file.
    """
    if before["function"] != after["function"]:
        yield Change("code", f"the node's function, {after['function']}", before["function"], after["function"])
    yield from _code_changes(before["code"], after["code"], sources, read)
    yield from _simple("code", before["values"], after["values"])
    yield from _parameter_changes(before["parameters"], after["parameters"])
    yield from _slot_changes("input", before["inputs"], after["inputs"], "content")
    yield from _dataset_changes(before["datasets"], after["datasets"])
    yield from _simple("package", before["packages"], after["packages"])
    yield from _simple("python", {"version": before["python"]}, {"version": after["python"]})
    yield from _simple("environment", before["environment"], after["environment"])


def _code_changes(
    before: dict[str, Any], after: dict[str, Any], sources: Mapping[str, str], read: ReadSource
) -> Iterator[Change]:
    for identity in sorted({*before, *after}):
        old, new = before.get(identity), after.get(identity)
        if (old or [None])[-1] == (new or [None])[-1]:
            continue
        file, name = (new or old or ["", ""])[:2]
        then = _lines(read(old[0], sources.get(old[0], "")), old) if old else []
        now = _lines(read(new[0], None), new) if new else []
        detail = "\n".join(difflib.unified_diff(then, now, f"{file} (then)", f"{file} (now)", lineterm="", n=2))
        yield Change("code", f"{file}: {name}", old[-1] if old else None, new[-1] if new else None, detail)


def _lines(text: str | None, symbol: list[Any]) -> list[str]:
    return [] if text is None else text.splitlines()[symbol[2] - 1 : symbol[3]]


def _parameter_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for slot in sorted({*before, *after}):
        old, new = before.get(slot), after.get(slot)
        if old is None or new is None:
            yield Change("parameter", (new or old or {})["name"], old and old["value"], new and new["value"])
            continue
        prefix = "" if new["name"] == "parameters" else new["name"].removeprefix("params:")
        for key, value_before, value_after in differences(old["value"], new["value"], prefix):
            yield Change("parameter", key, value_before, value_after)


def _slot_changes(kind: str, before: dict[str, Any], after: dict[str, Any], part: str) -> Iterator[Change]:
    for slot in sorted({*before, *after}):
        old, new = before.get(slot), after.get(slot)
        if (old or {}).get(part) != (new or {}).get(part):
            yield Change(kind, (new or old or {})["name"], old and old[part], new and new[part])


def _dataset_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for slot in sorted({*before, *after}):
        old, new = before.get(slot), after.get(slot)
        name = (new or old or {})["name"]
        if old is None or new is None:
            yield Change("dataset", f"{name} as {slot}put", old and old["name"], new and new["name"])
            continue
        if old["location"] != new["location"]:
            yield Change("dataset", f"{name}: filepath", old["location"], new["location"])
        for key, value_before, value_after in differences(old["settings"], new["settings"]):
            yield Change("dataset", f"{name}: {key}", value_before, value_after, f"{value_before} -> {value_after}")


def _simple(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Change(kind, name, before.get(name), after.get(name))


def _short(value: object) -> str:
    text = "unset" if value is None else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
