"""Results by what they were made from, and their files by content.

In the project, `.incremental/` holds what concerns this copy of it: ``digests.json``, the newest trace of each node in
``nodes/``, notes of unfinished work in ``scratch/``, and ``locks/``. The results lie there too, or in a folder shared
between copies: ``traces/<key>/`` and the files in ``blobs/``, with ``runs/`` and ``pins/`` that keep them from being
collected. Every file is written under a temporary name and renamed; two processes that write the same name write the
same content.
"""

import hashlib
from pathlib import Path
from typing import Any

from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.files import read_json, replaced, write_json
from gan_pipelines.incremental.project import Project
from gan_pipelines.incremental.traces import Trace

RESULTS = "results"
"""The lock that runs share, and that removing old results takes for itself."""

_CHUNK = 1 << 20


class Store:
    """What incremental runs remember; what writes raises an OSError where it cannot."""

    def __init__(self, project: Project, digests: Digests) -> None:
        self.folder = project.state
        self.shared = project.shared_state
        self._digests = digests
        self._traces: dict[str, list[Trace]] = {}

    def blob(self, sha256: str) -> Path:
        """Returns where a file with this content lies, if it does."""
        return self.shared / "blobs" / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Whether a file with this content can be taken from the store; a damaged one cannot."""
        return self._digests.sha256(self.blob(sha256)) == sha256

    def put(self, path: Path, sha256: str) -> None:
        """Copies a file into the store unless an intact copy is there; a ValueError if its content is another now."""
        if not self.holds(sha256):
            _copy_verified(path, self.blob(sha256), sha256)
            self.blob(sha256).chmod(0o444)

    def take(self, sha256: str, target: Path) -> None:
        """Copies a file out of the store; a ValueError if it is damaged there."""
        _copy_verified(self.blob(sha256), target, sha256)

    def traces(self, key: str) -> list[Trace]:
        """Returns what is remembered under a key, the newest first."""
        if key not in self._traces:
            files = sorted(self._trace_file(key, "").parent.glob("*.json"), reverse=True)
            traces = (Trace.from_json(read_json(file)) for file in files)
            self._traces[key] = [trace for trace in traces if trace is not None]
        return self._traces[key]

    def add(self, trace: Trace) -> None:
        """Remembers a trace."""
        write_json(self._trace_file(trace.key, trace.identity), trace.to_json())
        self._traces.pop(trace.key, None)

    def all_traces(self) -> dict[Path, Trace | None]:
        """Returns what every trace file holds."""
        return {path: Trace.from_json(read_json(path)) for path in sorted((self.shared / "traces").glob("*/*/*.json"))}

    def latest(self, node: str) -> Trace | None:
        """Returns the trace that belongs to what a node's outputs were last made into; by `record_name`."""
        return self.trace_of(read_json(self._note_file("nodes", node)))

    def trace_of(self, pointer: Any) -> Trace | None:  # noqa: ANN401  JSON
        """Returns the trace that a note of a node names."""
        if not isinstance(pointer, dict):
            return None
        return Trace.from_json(read_json(self._trace_file(str(pointer.get("key")), str(pointer.get("trace")))))

    def set_latest(self, node: str, trace: Trace, places: dict[str, str]) -> None:
        """Remembers which trace a node's outputs now follow, and where they lie, by slot."""
        file = self._note_file("nodes", node)
        pointer = {"node": trace.node, "key": trace.key, "trace": trace.identity, "places": places}
        if read_json(file) != pointer:
            write_json(file, pointer)

    def add_run(self, run: dict[str, Any]) -> None:
        """Remembers which traces a run used, under its ``run`` name."""
        write_json(self.shared / "runs" / f"{run['run']}.json", run)

    def pin_file(self, run: str) -> Path:
        """Returns the file that keeps a run."""
        return self.shared / "pins" / f"{run}.json"

    def note_scratch(self, place: str, name: str, run: str) -> None:
        """Remembers that a run keeps unfinished work in the folder ``<place>/<name>``."""
        write_json(self._note_file("scratch", f"{place}/{name}"), {"place": place, "name": name, "run": run})

    def latest_pointers(self) -> dict[Path, dict[str, Any]]:
        """Returns node, key, trace and places of each node's latest trace, by file."""
        return _records(self.folder / "nodes", "key", "trace")

    def runs(self) -> dict[Path, dict[str, Any]]:
        """Returns the runs, the oldest first, by file."""
        return _records(self.shared / "runs", "run")

    def pins(self) -> dict[Path, dict[str, Any]]:
        """Returns the runs that are kept whatever their age, by file."""
        return _records(self.shared / "pins", "run")

    def scratch(self) -> dict[Path, dict[str, Any]]:
        """Returns what was noted of unfinished work, by file."""
        return _records(self.folder / "scratch", "place", "name", "run")

    def _trace_file(self, key: str, identity: str) -> Path:
        return self.shared / "traces" / key[:2] / key / f"{identity}.json"

    def _note_file(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"


def _records(folder: Path, *keys: str) -> dict[Path, dict[str, Any]]:
    """Returns the JSON objects in a folder that have these keys, by file."""
    found = {path: read_json(path) for path in sorted(folder.glob("*.json"))}
    return {path: record for path, record in found.items() if isinstance(record, dict) and {*keys} <= record.keys()}


def _copy_verified(source: Path, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as reader, replaced(target) as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
        if digest.hexdigest() != sha256:
            raise ValueError(f"{source} does not have the content {sha256}")
