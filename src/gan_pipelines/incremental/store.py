"""Results by what they were made from, and their files by content.

In the project, `.incremental/` holds what concerns this copy of it: ``digests.json``, the newest trace of each node in
``nodes/``, and ``locks/``. The results lie there too, or in a folder shared between copies: ``traces/<key>/`` and the
files in ``blobs/``, with ``runs/`` and ``pins/`` that keep them from being collected. Every file is written under a
temporary name and renamed; two processes that write the same name write the same content.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.files import read_json, temporary_name, write_json
from gan_pipelines.incremental.traces import Trace

_CHUNK = 1 << 20


class Store:
    """The memory of incremental runs.

    Args:
        folder: Of this copy of the project.
        shared: Where results lie; the same folder unless several copies share them.
        digests: Tells damaged files from good ones.
    """

    def __init__(self, folder: Path, shared: Path, digests: Digests) -> None:
        self.folder = folder
        self.shared = shared
        self._digests = digests
        self._traces: dict[str, list[Trace]] = {}

    def blob(self, sha256: str) -> Path:
        """Returns where a file with this content lies, if it does."""
        return self.shared / "blobs" / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        """Whether a file with this content can be taken from the store; a damaged one cannot."""
        return self._digests.sha256(self.blob(sha256)) == sha256

    def put(self, path: Path, sha256: str) -> None:
        """Copies a file into the store unless an intact copy is there.

        Raises:
            OSError: It cannot be written.
            ValueError: The file's content is no longer the one named.
        """
        if not self.holds(sha256):
            blob = self.blob(sha256)
            blob.parent.mkdir(parents=True, exist_ok=True)
            copy_verified(path, blob, sha256)
            blob.chmod(0o444)

    def take(self, sha256: str, target: Path) -> None:
        """Copies a file out of the store.

        Raises:
            OSError: It is not there, or the copy cannot be written.
            ValueError: It is damaged.
        """
        copy_verified(self.blob(sha256), target, sha256)

    def traces(self, key: str) -> list[Trace]:
        """Returns what is remembered under a key, the newest first."""
        if key not in self._traces:
            files = sorted((self._trace_folder(key)).glob("*.json"), reverse=True)
            traces = (Trace.from_json(read_json(file)) for file in files)
            self._traces[key] = [trace for trace in traces if trace is not None]
        return self._traces[key]

    def add(self, trace: Trace) -> None:
        """Remembers a trace.

        Raises:
            OSError: It cannot be written.
        """
        write_json(self._trace_folder(trace.key) / f"{trace.identity}.json", trace.to_json())
        self._traces.pop(trace.key, None)

    def all_traces(self) -> Iterator[tuple[Path, Trace | None]]:
        """Yields every trace file with what it holds."""
        for path in sorted((self.shared / "traces").glob("*/*/*.json")):
            yield path, Trace.from_json(read_json(path))

    def latest(self, node: str) -> Trace | None:
        """Returns the trace that belongs to what a node's outputs were last made into; by `record_name`."""
        pointer = read_json(self._node_file(node))
        if not isinstance(pointer, dict):
            return None
        path = self._trace_folder(str(pointer.get("key"))) / f"{pointer.get('trace')}.json"
        return Trace.from_json(read_json(path))

    def set_latest(self, node: str, trace: Trace, places: dict[str, str]) -> None:
        """Remembers which trace a node's outputs now follow, and where they lie, by slot.

        Raises:
            OSError: It cannot be written.
        """
        pointer = {"node": trace.node, "key": trace.key, "trace": trace.identity, "places": places}
        if read_json(self._node_file(node)) != pointer:
            write_json(self._node_file(node), pointer)

    def latest_pointers(self) -> list[dict[str, Any]]:
        """Returns node, key, trace and places of each node's latest trace."""
        pointers = (read_json(path) for path in sorted((self.folder / "nodes").glob("*.json")))
        return [pointer for pointer in pointers if isinstance(pointer, dict)]

    def add_run(self, run: dict[str, Any]) -> None:
        """Remembers which traces a run used, under its ``run`` name.

        Raises:
            OSError: It cannot be written.
        """
        write_json(self.shared / "runs" / f"{run['run']}.json", run)

    def runs(self) -> list[dict[str, Any]]:
        """Returns the runs, the newest first."""
        runs = (read_json(path) for path in sorted((self.shared / "runs").glob("*.json"), reverse=True))
        return [run for run in runs if isinstance(run, dict) and "run" in run]

    def pins(self) -> list[dict[str, Any]]:
        """Returns the runs that are kept whatever their age."""
        pins = (read_json(path) for path in sorted((self.shared / "pins").glob("*.json")))
        return [pin for pin in pins if isinstance(pin, dict) and "run" in pin]

    def pin_file(self, run: str) -> Path:
        """Returns the file that keeps a run."""
        return self.shared / "pins" / f"{run}.json"

    def note_scratch(self, place: str, name: str, run: str) -> None:
        """Remembers that a run keeps unfinished work in the folder ``<place>/<name>``.

        Raises:
            OSError: It cannot be written.
        """
        file = hashlib.sha256(f"{place}/{name}".encode()).hexdigest()[:24]
        write_json(self.folder / "scratch" / f"{file}.json", {"place": place, "name": name, "run": run})

    def scratch(self) -> list[tuple[Path, dict[str, Any]]]:
        """Returns what was noted of unfinished work, with the files of the notes."""
        notes = ((path, read_json(path)) for path in sorted((self.folder / "scratch").glob("*.json")))
        return [
            (path, note) for path, note in notes if isinstance(note, dict) and {"place", "name", "run"} <= note.keys()
        ]

    def _trace_folder(self, key: str) -> Path:
        return self.shared / "traces" / key[:2] / key

    def _node_file(self, node: str) -> Path:
        return self.folder / "nodes" / f"{hashlib.sha256(node.encode()).hexdigest()[:24]}.json"


def copy_verified(source: Path, target: Path, sha256: str) -> None:
    """Copies a file under a temporary name and renames it when its content was found to be the expected one.

    Raises:
        OSError: It cannot be read or written.
        ValueError: It has another content. The target is as it was in either case.
    """
    temporary = temporary_name(target)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            while chunk := reader.read(_CHUNK):
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        if digest.hexdigest() != sha256:
            raise ValueError(f"{source} does not have the content {sha256}")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
