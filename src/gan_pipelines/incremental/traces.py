"""Traces: records of node runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gan_pipelines.incremental.parts import Parts

FORMAT = 4
"""Traces of other formats are not read."""


class Stored(NamedTuple):
    """A file of an output: the SHA-256 of its bytes (its name in the store) and its size in bytes."""

    sha256: str
    size: int


class Output(NamedTuple):
    """An output of a node run.

    Args:
        content: Digest on which consumers depend; ignores dates in archives.
        files: Files by suffix of the dataset's path.
    """

    content: str
    files: Mapping[str, Stored]


@dataclass(frozen=True)
class Trace:
    """One run of a node with its dependencies and outputs.

    Args:
        identity: Identifier of the run; sorts by time.
        node: Name of the node.
        key: Digest of `parts`.
        parts: Dependencies known before the run.
        outputs: Outputs by slot (position or key in the node's outputs).
        happened: Dependencies observed during the run.
        sources: SHA-256 of the project files with the reached code, by path; for diffs.
        scratch: Names of the scratch subfolders.
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
    def from_json(cls, content: Any) -> "Trace | None":  # noqa: ANN401  JSON of any form
        """Returns the trace that JSON holds; None if it is no trace of this format."""
        try:
            outputs = {
                slot: Output(digest, {suffix: Stored(*stored) for suffix, stored in files.items()})
                for slot, (digest, files) in content["outputs"].items()
            }
            return cls(**{**content, "outputs": outputs}) if content["format"] == FORMAT else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def blobs(self) -> dict[str, int]:
        """Returns the sizes of all referenced files by SHA-256; 0 for sources."""
        return {
            **{stored.sha256: stored.size for output in self.outputs.values() for stored in output.files.values()},
            **dict.fromkeys(self.sources.values(), 0),
        }
