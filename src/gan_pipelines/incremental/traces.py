"""What is remembered of a node's run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gan_pipelines.incremental.parts import Parts

FORMAT = 4
"""Traces of other formats are not read."""


class Stored(NamedTuple):
    """A file of an output: the SHA-256 of its bytes, which names its copy in the store, and its size in bytes."""

    sha256: str
    size: int


class Output(NamedTuple):
    """An output as a node left it.

    Args:
        content: What consumers depend on: equal for files that differ in dates only.
        files: By what is added to the dataset's path.
    """

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
        happened: What it turned out to depend on when it ran.
        sources: Digests of the project files of the code it reached, by path, for comparing lines.
        scratch: Names of the folders in which it kept unfinished work.
    """

    identity: str
    node: str
    key: str
    parts: Parts
    outputs: Mapping[str, Output]
    happened: Parts
    sources: Mapping[str, str] = field(default_factory=dict)
    scratch: tuple[str, ...] = ()
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """Returns the trace as JSON."""
        return vars(self)

    @classmethod
    def from_json(cls, content: Any) -> "Trace | None":  # noqa: ANN401  whatever lay in the file
        """Returns the trace that a file holds; None if it holds none of this format."""
        try:
            outputs = {
                slot: Output(digest, {suffix: Stored(*stored) for suffix, stored in files.items()})
                for slot, (digest, files) in content["outputs"].items()
            }
            return cls(**{**content, "outputs": outputs}) if content["format"] == FORMAT else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def blobs(self) -> dict[str, int]:
        """Returns the sizes of all files that the trace refers to, by their SHA-256."""
        return {
            **{stored.sha256: stored.size for output in self.outputs.values() for stored in output.files.values()},
            **dict.fromkeys(self.sources.values(), 0),
        }
