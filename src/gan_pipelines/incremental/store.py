"""Store of traces by key, and of output files by SHA-256.

The project's ``.incremental/`` holds the state of this copy: ``digests.json``, ``code.json``, a pointer to each node's
latest trace in ``nodes/``, records of scratch folders in ``scratch/``, and ``locks/``. Results are in the same folder
or in one shared between copies: ``traces/``, their files in ``blobs/``, and ``runs/`` and ``pins/``, which protect them
from `gc`. All files are written atomically; processes that write the same file name write the same content.
"""

import hashlib
from pathlib import Path
from typing import Any

from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.files import read_json, replaced, write_json
from gan_pipelines.incremental.project import Project
from gan_pipelines.incremental.traces import Trace

RESULTS = "results"
"""Lock name: shared by runs, exclusive for `gc`."""
_CHUNK = 1 << 20


class Store:
    """Reads and writes the files of incremental runs; methods that write raise OSError if they cannot."""

    def __init__(self, project: Project, digests: Digests) -> None:
        self.folder = project.state
        self.shared = project.shared_state
        self._digests = digests
        self._traces: dict[str, list[Trace]] = {}

    def blob(self, sha256: str) -> Path:
        """Returns the path of the stored file with this content, whether or not it exists."""
        return self.shared / "blobs" / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Whether the store has an intact file with this content."""
        return self._digests.sha256(self.blob(sha256)) == sha256

    def put(self, path: Path, sha256: str) -> None:
        """Copies a file into the store unless it is there; ValueError if its content does not have this digest."""
        if not self.holds(sha256):
            _copy_verified(path, self.blob(sha256), sha256)
            self.blob(sha256).chmod(0o444)

    def take(self, sha256: str, target: Path) -> None:
        """Copies a file out of the store; ValueError if the stored file is damaged."""
        _copy_verified(self.blob(sha256), target, sha256)

    def traces(self, key: str) -> list[Trace]:
        """Returns the traces with a key, newest first."""
        if key not in self._traces:
            files = sorted(self._trace_file(key, "").parent.glob("*.json"), reverse=True)
            traces = (Trace.from_json(read_json(file)) for file in files)
            self._traces[key] = [trace for trace in traces if trace is not None]
        return self._traces[key]

    def add(self, trace: Trace) -> None:
        """Writes a trace."""
        write_json(self._trace_file(trace.key, trace.identity), trace.to_json())
        self._traces.pop(trace.key, None)

    def all_traces(self) -> dict[Path, Trace | None]:
        """Returns all traces by file; None for a damaged one."""
        return {path: Trace.from_json(read_json(path)) for path in sorted((self.shared / "traces").glob("*/*/*.json"))}

    def latest(self, node: str) -> Trace | None:
        """Returns the trace that a node's outputs follow, by `Decider.record_name`."""
        return self.trace_of(read_json(self._record_file("nodes", node)))

    def has_latest(self, node: str) -> bool:
        """Whether a run of a node is recorded, even if the record is damaged."""
        return self._record_file("nodes", node).exists()

    def trace_of(self, pointer: Any) -> Trace | None:  # noqa: ANN401  JSON
        """Returns the trace that a node's pointer names."""
        if not isinstance(pointer, dict):
            return None
        return Trace.from_json(read_json(self._trace_file(str(pointer.get("key")), str(pointer.get("trace")))))

    def set_latest(self, node: str, trace: Trace, places: dict[str, str]) -> None:
        """Writes which trace a node's outputs follow, and their paths by slot."""
        file = self._record_file("nodes", node)
        pointer = {"node": trace.node, "key": trace.key, "trace": trace.identity, "places": places}
        if read_json(file) != pointer:
            write_json(file, pointer)

    def add_run(self, run: dict[str, Any]) -> None:
        """Writes which traces a run used, by ``run["run"]``."""
        write_json(self.shared / "runs" / f"{run['run']}.json", run)

    def pin_file(self, run: str) -> Path:
        """Returns the file whose existence pins a run."""
        return self.shared / "pins" / f"{run}.json"

    def note_scratch(self, place: str, name: str, run: str) -> None:
        """Writes that a run uses the scratch folder ``<place>/<name>``."""
        write_json(self._record_file("scratch", f"{place}/{name}"), {"place": place, "name": name, "run": run})

    def latest_pointers(self) -> dict[Path, dict[str, Any]]:
        """Returns the pointers to the nodes' latest traces by file."""
        return _records(self.folder / "nodes", "key", "trace")

    def runs(self) -> dict[Path, dict[str, Any]]:
        """Returns the runs by file, oldest first."""
        return _records(self.shared / "runs", "run")

    def pins(self) -> dict[Path, dict[str, Any]]:
        """Returns the pinned runs by file."""
        return _records(self.shared / "pins", "run")

    def scratch(self) -> dict[Path, dict[str, Any]]:
        """Returns the records of scratch folders by file."""
        return _records(self.folder / "scratch", "place", "name", "run")

    def _trace_file(self, key: str, identity: str) -> Path:
        return self.shared / "traces" / key[:2] / key / f"{identity}.json"

    def _record_file(self, kind: str, name: str) -> Path:
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
            raise ValueError(f"{source} does not have the expected SHA-256 {sha256}")
