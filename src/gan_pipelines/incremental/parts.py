"""Dependencies of a node as JSON parts, the key computed from them, and the changes between two sets of parts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_pipelines.incremental.digests import MISSING
from gan_pipelines.incremental.values import Canonical, as_text, differences, digest

Part = Sequence[Any]
"""JSON: ``[label for users, *details, compared value]``."""
Parts = Mapping[str, Mapping[str, Part]]
"""Parts by section (a key of `KINDS`) and place."""
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
"""Label of each section's parts for users, in the order in which changes are listed."""
UNKNOWN = "unknown"
"""Content that is not known until another node has run."""
_MAX_VALUE_LENGTH = 40
_MAX_SHOWN = 3


@dataclass(frozen=True)
class Change:
    """One reason for a node to run.

    Args:
        kind: A value of `KINDS`, or output, new, forced or always.
        subject: Label of the changed part.
        before: Old value; None if there was none.
        after: New value; None if there is none.
        detail: Diff of the source lines, for `kedro cache explain`.
    """

    kind: str
    subject: str
    before: Any = None
    after: Any = None
    detail: str = ""

    def __str__(self) -> str:
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
    """Returns a section whose places are its labels."""
    return {name: [name, value] for name, value in values.items()}


def key_of(parts: Parts) -> str:
    """Returns the digest of the parts' sections, places and compared values; labels and line numbers are left out."""
    return digest(
        [
            [section, [[place, part[-1]] for place, part in sorted(entries.items())]]
            for section, entries in sorted(parts.items())
        ]
    )


def key_continued_over(parts: Parts, names: Iterable[str]) -> str:
    """Returns a key that ignores parameters of these names, the Python version and environment variables.

    Unfinished work may be continued under another environment; it has to check by itself whether that is valid.
    """
    left_out = set(names)

    def rest(value: Canonical) -> Canonical:
        if isinstance(value, list) and value and value[0] == "dict":
            return ["dict", *([key, rest(entry)] for key, entry in value[1:] if key not in left_out)]
        return value

    parameters = {place: [rest(part[-1])] for place, part in parts["parameters"].items()}
    return key_of({**parts, "parameters": parameters, "python": {}, "environment": {}})


def changes(before: Parts, after: Parts, compare_lines: Callable[[Part | None, Part | None], str]) -> Iterator[Change]:
    """Yields the differences between two sets of parts; `compare_lines` returns the diff of a statement's lines."""
    for section, kind in KINDS.items():
        olds, news = before.get(section, {}), after.get(section, {})
        for old, new in ((olds.get(place), news.get(place)) for place in sorted({*olds, *news})):
            name = (new or old or [""])[0]
            if old and new and as_text(old[-1]) == as_text(new[-1]):  # 1 is not 1.0
                continue
            if old and new and section in {"parameters", "datasets"}:
                prefix = "" if name == "parameters" else name
                yield from (Change(kind, *difference) for difference in differences(old[-1], new[-1], prefix))
                continue
            was, now = (None if part is None or part[-1] == MISSING else part[-1] for part in (old, new))
            detail = compare_lines(old, new) if section in {"code", "other_code"} else ""
            yield Change(kind, name, was, now, detail)


def in_short(found: Sequence[Change]) -> str:
    """Returns the first changes and the number of further ones in one line."""
    rest = len(found) - _MAX_SHOWN
    return "; ".join(map(str, found[:_MAX_SHOWN])) + (f"; and {rest} more" if rest > 0 else "")


def _short(value: object) -> str:
    text = "unset" if value is None else str(value)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[:_MAX_VALUE_LENGTH]}…"
