"""Remembering what a node left, and what it read on the way."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kedro.pipeline.node import Node

from gan_pipelines.incremental.dependencies import Dependencies
from gan_pipelines.incremental.digests import GRAIN, Digests
from gan_pipelines.incremental.names import slots, stripped
from gan_pipelines.incremental.observation import Reads, relevant
from gan_pipelines.incremental.storage import Files, Scratch
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Output, Stored, Trace
from gan_pipelines.incremental.verdicts import Assessor, Verdict

_SECOND = 1_000_000_000


class Recorder:
    """Makes traces of nodes that have run.

    Args:
        assessor: Knows where the nodes' outputs lie.
        dependencies: Of the nodes.
        store: Where results are remembered.
        digests: Of files.
        save_version: The version under which this run saves.
        warn: Tells a problem that stops nothing.
    """

    def __init__(
        self,
        assessor: Assessor,
        dependencies: Dependencies,
        store: Store,
        digests: Digests,
        save_version: str,
        warn: Callable[[str], None],
    ) -> None:
        self._assessor = assessor
        self._dependencies = dependencies
        self._store = store
        self._digests = digests
        self._save_version = save_version
        self._warn = warn
        self._producers = {stripped(name): node for node in assessor.nodes for name in node.outputs}
        self._observed: dict[str, dict[str, str]] = {}

    def observe(self, node: Node, reads: Reads, started: int) -> None:
        """Notes what a node read outside the catalog, with what those read that handed it data in memory.

        Args:
            node: One that has run.
            reads: All that Python announced meanwhile.
            started: When it began, in nanoseconds.

        Raises:
            ValueError: Something changed while it was read, or while a node ran that handed it data in memory.
        """
        found: dict[str, str] = {}
        for name in node.inputs:
            producer = self._producers.get(stripped(name))
            if producer is not None and self._dependencies.entry(name).is_memory:
                if producer.name not in self._observed:
                    raise ValueError(f"{producer.name}, which left {name} in memory, is not remembered either")
                found |= self._observed[producer.name]
        for name in self._names(node, reads):
            with suppress(OSError):
                if (self._dependencies.project / name).stat().st_ctime_ns > started - GRAIN:
                    raise ValueError(f"{name}, which it read, was written while it ran")
            found[name] = self._assessor.observed_digest(name)
        self._observed[node.name] = found

    def record(self, node: Node, verdict: Verdict, started: int, scratch: Iterable[str]) -> Trace:
        """Remembers what a node left; `observe` comes before.

        Raises:
            OSError: Nothing can be written to the store.
            ValueError: An output is not where the catalog has it, or changed just now.
        """
        places = self._assessor.files(node)
        outputs = {
            slot: self._output(name, places[slot]) for slot, name in slots(node._outputs).items() if slot in places
        }
        assert verdict.parts is not None and verdict.key is not None  # noqa: S101, PT018  the caller made sure
        trace = Trace(
            identity=f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{self._save_version[-6:]}",
            node=node.name,
            key=verdict.key,
            parts=verdict.parts,
            outputs=outputs,
            observed=self._observed[node.name],
            sources=self._sources(verdict.parts),
            scratch=tuple(scratch),
            seconds=round((time.time_ns() - started) / _SECOND, 3),
        )
        self._store.add(trace)
        return trace

    def project_name(self, path: Path | str) -> str:
        """Returns a path relative to the project if it lies there."""
        return str(path).removeprefix(f"{self._dependencies.project}/")

    def _names(self, node: Node, reads: Reads) -> list[str]:
        """Returns the files that a node read outside the catalog, and the folders that it listed, with a slash."""
        entries = [self._dependencies.entry(name).storage for name in node.inputs]
        inputs = [path for storage in entries if isinstance(storage, Files | Scratch) for path in storage.paths]
        outputs = [path for storage in self._assessor.files(node).values() for path in storage.paths]
        opened, listed = relevant(reads, self._dependencies.project, inputs, outputs)
        folders = (f"{self.project_name(folder)}/" for folder in sorted(listed))
        return [*map(self.project_name, sorted(opened)), *folders]

    def _output(self, name: str, storage: Files) -> Output:
        target = storage.version(self._save_version)
        listing = storage.listing(target)
        if not listing:
            raise ValueError(f"it left nothing at {target}, where the catalog has its output {name}")
        files = {suffix: self._stored(file) for suffix, file in listing.items()}
        return Output(name, self._dependencies.content_at(storage, target), files)

    def _stored(self, file: Path) -> Stored:
        sha256 = self._digests.sha256(file)
        try:
            self._store.put(file, sha256)
        except OSError as error:  # what cannot be brought back can still be compared
            self._warn(f"Results cannot be stored for later: {error}")
        return Stored(sha256, file.stat().st_size)

    def _sources(self, parts: Mapping[str, Any]) -> dict[str, str]:
        """Puts the project's files that a node's code lies in into the store, to compare their lines later."""
        sources = {}
        for file in sorted({symbol[0] for symbol in parts["code"].values()}):
            path = self._dependencies.project / file
            with suppress(OSError, ValueError):
                sources[file] = self._digests.sha256(path)
                self._store.put(path, sources[file])
        return sources
