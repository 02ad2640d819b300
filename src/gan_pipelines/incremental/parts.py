"""What a node depends on, as parts of which a key is made, and what differs between then and now, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_pipelines.incremental.digests import MISSING
from gan_pipelines.incremental.values import Canonical, as_text, differences, digest

Part = Sequence[Any]
"""JSON: the last item is what counts, the first one names it for users, and others help to explain it."""

Parts = Mapping[str, Mapping[str, Part]]
"""Parts by section and place; the sections are those of `KINDS`."""

KINDS = {
    "parameters": "parameter",
    "function": "code",
    "code": "code",
    "values": "code",
    "python": "python",
    "environment": "environment",
    "datasets": "dataset",
    "places": "file",
    "outputs": "dataset",
    "packages": "package",
    "absent": "package",
    "other_code": "code",
    "folders": "environment",
    "files": "file",
    "inputs": "input",
}
"""What users call the parts of each section, in the order in which changes are told: a node's own first."""

UNKNOWN = "unknown"
"""Stands for what is not known before another node has run."""

_LONGEST_VALUE = 40
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Change:
    """One reason for a node to run.

    Args:
        kind: One of those in `KINDS`, or output, new, forced or always.
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


def named(values: Mapping[str, Any]) -> dict[str, Part]:
    """Returns a section of values that are called as their places are."""
    return {name: [name, value] for name, value in values.items()}


def key_of(parts: Parts) -> str:
    """Returns the digest of all that counts among a node's parts; names of inputs and line numbers do not."""
    return digest(
        [
            [section, [[place, part[-1]] for place, part in sorted(entries.items())]]
            for section, entries in sorted(parts.items())
        ]
    )


def key_continued_over(parts: Parts, names: Iterable[str]) -> str:
    """Returns a key that changes neither with parameters of these names nor with what the code runs on.

    Work that goes on with another Python or other environment variables has to tell by itself that it did.
    """
    left_out = set(names)

    def rest(value: Canonical) -> Canonical:
        if isinstance(value, list) and value and value[0] == "dict":
            return ["dict", *([key, rest(entry)] for key, entry in value[1:] if key not in left_out)]
        return value

    parameters = {place: [rest(part[-1])] for place, part in parts["parameters"].items()}
    return key_of({**parts, "parameters": parameters, "python": {}, "environment": {}})


def changes(before: Parts, after: Parts, compare_lines: Callable[[Part | None, Part | None], str]) -> Iterator[Change]:
    """Yields what differs between then and now; `compare_lines` returns the lines of a statement that differ."""
    for section, kind in KINDS.items():
        then, now = before.get(section, {}), after.get(section, {})
        for old, new in ((then.get(place), now.get(place)) for place in sorted({*then, *now})):
            name = (new or old or [""])[0]
            if old and new and as_text(old[-1]) == as_text(new[-1]):  # 1 is not 1.0
                continue
            if old and new and section in {"parameters", "datasets"}:
                prefix = "" if name == "parameters" else name
                yield from (Change(kind, *difference) for difference in differences(old[-1], new[-1], prefix))
                continue
            was, is_now = (None if part is None or part[-1] == MISSING else part[-1] for part in (old, new))
            detail = compare_lines(old, new) if section in {"code", "other_code"} else ""
            yield Change(kind, name, was, is_now, detail)


def in_short(found: Sequence[Change]) -> str:
    """Returns the first changes in one line, and how many there are more."""
    rest = len(found) - _MOST_SHOWN
    return "; ".join(map(str, found[:_MOST_SHOWN])) + (f"; and {rest} more" if rest > 0 else "")


def _short(value: object) -> str:
    text = "unset" if value is None else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
