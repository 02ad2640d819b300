"""What is remembered of a node's run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

FORMAT = 1
"""Traces of other formats are not read."""


class Stored(NamedTuple):
    """A file of an output.

    Args:
        sha256: Of its bytes; the name of its copy in the store.
        size: In bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True)
class Output:
    """An output as a node left it.

    Args:
        dataset: The catalog entry's name at that time.
        content: What consumers depend on: equal for files that differ in dates only.
        files: By what is added to the dataset's path.
    """

    dataset: str
    content: str
    files: Mapping[str, Stored]


@dataclass(frozen=True)
class Trace:
    """One run of a node: what it depended on and what came out.

    Args:
        identity: Of this run of the node; newer ones sort behind older ones.
        node: Its name at that time.
        key: Digest of all it depends on that was known before it ran.
        parts: The same in full, to tell later what changed.
        outputs: By slot, which is an argument's or output's place rather than its name.
        observed: Digests of what it read outside the catalog, by path.
        sources: The project files of the code it reached, by path, for comparing lines.
        scratch: Names of the folders in which it kept unfinished work.
        seconds: How long it took.
    """

    identity: str
    node: str
    key: str
    parts: Mapping[str, Any]
    outputs: Mapping[str, Output]
    observed: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    scratch: tuple[str, ...] = ()
    seconds: float = 0.0
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """Returns the trace as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Any) -> "Trace | None":  # noqa: ANN401  whatever lay in the file
        """Returns the trace that a file holds; None if it holds none of this format."""
        try:
            if content["format"] != FORMAT:
                return None
            outputs = {
                slot: Output(
                    output["dataset"],
                    output["content"],
                    {suffix: Stored(*stored) for suffix, stored in output["files"].items()},
                )
                for slot, output in content["outputs"].items()
            }
            return cls(**{**content, "outputs": outputs})
        except (KeyError, TypeError, AttributeError):
            return None

    def blobs(self) -> dict[str, int]:
        """Returns the sizes of all files that the trace refers to, by their SHA-256."""
        return {
            **{stored.sha256: stored.size for output in self.outputs.values() for stored in output.files.values()},
            **dict.fromkeys(self.sources.values(), 0),
        }
