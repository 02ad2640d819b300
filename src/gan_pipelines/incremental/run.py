"""One run of a pipeline: decides for each node whether it runs, and records its results."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from kedro.io.core import AbstractVersionedDataset
from kedro.pipeline.node import Node

from gan_pipelines.incremental.decider import Decider, Decision, State
from gan_pipelines.incremental.locks import locked
from gan_pipelines.incremental.observation import Observed, unobserved
from gan_pipelines.incremental.options import LOGGER
from gan_pipelines.incremental.parts import Change, Parts, in_short, key_continued_over
from gan_pipelines.incremental.recorder import Recorder
from gan_pipelines.incremental.restoring import Listing, files_before, remove_unwritten, restore
from gan_pipelines.incremental.storage import Scratch
from gan_pipelines.incremental.store import RESULTS
from gan_pipelines.incremental.traces import Trace

logger = logging.getLogger(LOGGER)


@dataclass(frozen=True)
class _Start:
    """Start of a node: decision, reason, time in ns, prior files in output folders, scratch folders."""

    decision: Decision
    reason: str
    started: int
    before: dict[str, Listing]
    scratch: tuple[str, ...]


class Run:
    """Decides for each node in turn whether it runs, and records its results."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._dependencies = decider.dependencies
        self._catalog = decider.dependencies.catalog
        self._store = decider.store
        self._recorder = Recorder(decider, self._warn)
        self._lock = threading.RLock()
        self._running: dict[str, _Start] = {}
        self._ran: dict[str, str] = {}  # reasons by node
        self._restored: list[str] = []
        self._skipped: list[str] = []
        self._failed: list[str] = []
        self._traces: dict[str, list[str]] = {}
        self._is_warned = False

    def __str__(self) -> str:
        """Returns a summary in one line; empty if no node was processed."""
        if not (self._ran or self._restored or self._skipped or self._failed):
            return ""
        counts = f"{len(self._ran)} ran, {len(self._restored)} restored, {len(self._skipped)} skipped"
        failed = f" Failed: {', '.join(self._failed)}." if self._failed else ""
        reasons = ", ".join(f"{node} ({reason})" for node, reason in self._ran.items())
        return f"Incremental run: {counts}.{failed}" + (f" Ran: {reasons}." if reasons else "")

    def decide(self, node: Node) -> list[Node]:
        """Returns the nodes to run at a node's turn: none, or the makers of missing in-memory inputs, then the node.

        None of the makers may be running.
        """
        with self._lock, unobserved():
            decision = self._decider.decide(node)
            if decision.state == State.RESTORABLE:
                decision = self._restore(node, decision)
            if not decision.runs:
                self._skip(node, decision)
                return []
            makers = self.makers(node)
            for maker in makers:
                self._start(maker, self._decider.decide(maker), f"{node.name} needs its output in memory")
            self._start(node, decision, in_short(decision.changes))
            return [*makers, node]

    def makers(self, node: Node) -> list[Node]:
        """Returns the nodes, in order, that still have to compute a node's in-memory inputs."""
        found: list[Node] = []
        for name, maker in self._decider.makers_in_memory(node):
            if maker.name not in self._ran or not self._catalog.exists(name):
                found += [*self.makers(maker), maker]
        return list(dict.fromkeys(found))

    def is_deferred(self, node: Node) -> bool:
        """Whether a node was skipped whose in-memory outputs may still be needed."""
        return node.name not in self._ran and any(self._dependencies.entry(n).is_memory for n in node.outputs)

    def finish(self, nodes: list[Node], execute: Callable[[], list[Observed]]) -> None:
        """Executes nodes and records their results; `execute` returns the observations of each node, or raises."""
        try:
            for node, observed in zip(nodes, execute(), strict=True):
                with self._lock, unobserved():
                    self._record(node, observed)
        except BaseException:
            with self._lock:
                self._failed += [node.name for node in nodes if self._running.pop(node.name, None)]
            raise

    def _record(self, node: Node, observed: Observed) -> None:
        start = self._running.pop(node.name)
        self._ran[node.name] = start.reason
        if start.decision.parts is None:
            return
        try:
            remove_unwritten(self._decider, node, start.before)
            self._check_nothing_changed(node, start.decision.parts)
            trace = self._recorder.record(node, start.decision, start.started, observed, start.scratch)
            self._set_latest(node, trace)
        except (OSError, ValueError) as error:
            logger.warning("%s is not recorded and will run again: %s.", node.name, error)

    def close(self) -> None:
        """Writes the caches and the record of the run."""
        with self._lock:
            try:
                self._dependencies.save()
                if self._traces:
                    self._store.add_run({"run": self._decider.save_version, "traces": self._traces})
            except OSError as error:
                self._warn(f"This run is not recorded: {error}")

    def _skip(self, node: Node, decision: Decision) -> None:
        if node.name not in self._restored:
            self._skipped.append(node.name)
            logger.info("%s is %s", node.name, "up to date" if decision.trace else "not needed")
        self._release(node.outputs)
        self._set_latest(node, decision.trace)

    def _set_latest(self, node: Node, trace: Trace | None) -> None:
        """Records the trace, if any, that a node's outputs follow."""
        if trace is None:
            return
        self._traces[node.name] = [trace.key, trace.identity]
        newest = {slot: storage.newest() for slot, storage in self._decider.files(node).items()}
        places = {slot: self._dependencies.project.name(path) for slot, path in newest.items() if path is not None}
        try:
            self._store.set_latest(self._decider.record_name(node), trace, places)
        except OSError as error:
            self._warn(f"The state of nodes cannot be written: {error}")

    def _start(self, node: Node, decision: Decision, reason: str) -> None:
        if node.name in self._skipped:
            self._skipped.remove(node.name)
        logger.info("%s has to run: %s", node.name, reason)
        before: dict[str, Listing] = {}
        scratch: dict[str, str] = {}
        if decision.parts is not None:  # a node that always runs may add files to a folder in each run
            before = files_before(self._decider, node)
            scratch = {
                name: key_continued_over(decision.parts, storage.continued_over)[:24]
                for name in node.inputs
                if isinstance(storage := self._dependencies.entry(name).storage, Scratch)
            }
        for name, folder in scratch.items():
            self._catalog[name].use_folder(folder)
            with suppress(OSError):
                self._store.note_scratch(self._dependencies.entry(name).location, folder, self._decider.save_version)
        self._release((*node.inputs, *node.outputs))
        self._running[node.name] = _Start(decision, reason, time.time_ns(), before, tuple(scratch.values()))

    def _release(self, names: Iterable[str]) -> None:
        """Clears the cached versions of versioned datasets before a worker gets a copy of them."""
        for name in names:
            if isinstance(self._dependencies.entry(name).dataset, AbstractVersionedDataset):
                self._catalog.release(name)

    def _restore(self, node: Node, decision: Decision) -> Decision:
        """Restores the outputs of an earlier run; if that fails, the node runs."""
        assert decision.trace is not None  # noqa: S101  restorable means that there is one
        try:
            for slot, storage in self._decider.files(node).items():
                restore(self._decider, storage, decision.trace.outputs[slot])
        except (OSError, ValueError) as error:
            failure = Change("output", "as stored", None, f"unusable: {error}")
            return replace(decision, state=State.WILL_RUN, changes=(failure,))
        logger.info("%s is restored from an earlier run", node.name)
        self._restored.append(node.name)
        return decision

    def _check_nothing_changed(self, node: Node, parts: Parts) -> None:
        in_memory = {name for name, _ in self._decider.makers_in_memory(node)}
        for name, content in parts["inputs"].values():
            if name not in in_memory and self._dependencies.content(name) != content:
                raise ValueError(f"its input {name} changed while it ran")
        if edited := self._dependencies.edited_before_loading(node):
            raise ValueError(f"{edited} was edited before it was imported")

    def _warn(self, message: str) -> None:
        if not self._is_warned:
            self._is_warned = True
            logger.warning("%s", message)


@contextmanager
def running(decider: Decider) -> Iterator[Run]:
    """Starts a run with locks on its datasets, and closes it."""
    pipeline, store = decider.dependencies.pipeline, decider.store
    places = {
        name: decider.dependencies.entry(name) for name in pipeline.datasets() if decider.dependencies.place(name)
    }
    scratch = {name for name, entry in places.items() if isinstance(entry.storage, Scratch)}
    written = {places[name].location for name in places.keys() & (pipeline.all_outputs() | scratch)}
    read = {entry.location for entry in places.values()} - written
    with locked(store.shared / "locks", (), (RESULTS,)), locked(store.folder / "locks", written, read):
        run = Run(decider)
        try:
            yield run
        finally:
            run.close()
