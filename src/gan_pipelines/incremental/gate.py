"""The decision at each node of a run, and the memory of what came out."""

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from kedro.io import CatalogProtocol
from kedro.io.core import AbstractVersionedDataset
from kedro.pipeline.node import Node

from gan_pipelines.incremental.changes import Change, in_short
from gan_pipelines.incremental.dependencies import Dependencies
from gan_pipelines.incremental.digests import Digests, FileTimes
from gan_pipelines.incremental.keys import key_continued_over
from gan_pipelines.incremental.names import stripped
from gan_pipelines.incremental.observation import Reads, unobserved
from gan_pipelines.incremental.options import LOGGER
from gan_pipelines.incremental.recording import Recorder
from gan_pipelines.incremental.restoring import Restorer
from gan_pipelines.incremental.storage import Files, Scratch
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Trace
from gan_pipelines.incremental.verdicts import Assessor, State, Verdict

logger = logging.getLogger(LOGGER)


@dataclass
class Account:
    """What happened to the nodes of a run."""

    ran: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    traces: dict[str, list[str]] = field(default_factory=dict)

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.ran or self.restored or self.skipped or self.failed)

    def __str__(self) -> str:
        """Returns the account in one line."""
        counts = f"{len(self.ran)} ran, {len(self.restored)} restored, {len(self.skipped)} skipped"
        failed = f" Failed: {', '.join(self.failed)}." if self.failed else ""
        reasons = ", ".join(f"{node} ({reason})" for node, reason in self.ran.items())
        return f"Incremental run: {counts}.{failed}" + (f" Ran: {reasons}." if reasons else "")


@dataclass(frozen=True)
class Decision:
    """What has to be done for a node.

    Args:
        nodes: To run now, one after the other; none if it is up to date or was restored. They are more than the node
            itself where it needs data in memory that no node has made in this run.
        begun: Nodes that make such data at this moment; they must come to their end before.
    """

    nodes: list[Node]
    begun: list[Node]


class Gate:
    """Decides for each node, when it is its turn, whether it runs; and remembers what it left.

    Args:
        assessor: Knows which nodes are up to date.
        dependencies: Of the nodes.
        store: Where results are remembered.
        digests: Of files.
        catalog: The datasets of the run.
        save_version: The version under which this run saves.
    """

    def __init__(
        self,
        assessor: Assessor,
        dependencies: Dependencies,
        store: Store,
        digests: Digests,
        catalog: CatalogProtocol,
        save_version: str,
    ) -> None:
        self._assessor = assessor
        self._dependencies = dependencies
        self._store = store
        self._digests = digests
        self._catalog = catalog
        self._save_version = save_version
        self._restorer = Restorer(store, digests, dependencies.project, save_version, self._foreign)
        self._recorder = Recorder(assessor, dependencies, store, digests, save_version, self._warn)
        self._places: set[Path] | None = None
        self._lock = threading.RLock()
        self._producers = {stripped(name): node for node in assessor.nodes for name in node.outputs}
        self._running: dict[str, tuple[Verdict, int]] = {}
        self._memory: dict[str, str] = {}
        self._before: dict[str, dict[str, dict[str, FileTimes]]] = {}
        self._is_warned = False
        self.account = Account()
        self.put_off: set[str] = set()

    def decide(self, node: Node) -> Decision:
        """Decides for a node whose turn it is.

        A node that leaves everything in memory is put off while it is not certain that another one needs it.
        """
        with self._lock, unobserved():
            self._complete_memory(node)
            verdict = self._verdict(node)
            if verdict.state == State.RESTORABLE:
                verdict = self._restore(node, verdict)
            if verdict.key is not None:
                self._memory |= self._assessor.memory_contents(node, verdict.key)
            is_put_off = verdict.state == State.MAY_RUN and self._assessor.writes_memory_only(node)
            if is_put_off:
                self.put_off.add(node.name)
            if is_put_off or not verdict.runs:
                self._skip(node, verdict)
                return Decision([], [])
            missing = self._missing_producers(node)
            begun = [producer for producer in missing if producer.name in self._running]
            for producer in missing:
                if producer not in begun:
                    reason = f"{node.name} needs what it leaves in memory"
                    self._start(producer, self._assessor.verdict(producer, self._memory), reason)
            self._start(node, verdict, in_short(verdict.changes))
            return Decision([*(producer for producer in missing if producer not in begun), node], begun)

    def finish(self, node: Node, reads: Reads) -> None:
        """Remembers what a node left, unless what it depends on changed while it ran."""
        with self._lock, unobserved():
            verdict, started = self._running.pop(node.name)
            if verdict.parts is None or verdict.key is None:
                return
            try:
                for slot, before in self._before.pop(node.name, {}).items():
                    self._restorer.remove_unwritten(self._assessor.files(node)[slot], before)
                self._check_nothing_changed(verdict)
                self._recorder.observe(node, reads, started)
                if not self._assessor.writes_memory_only(node):
                    scratch = self._scratch(node, verdict).values()
                    self._note(node, self._recorder.record(node, verdict, started, scratch))
            except (OSError, ValueError) as error:
                logger.warning("%s is not remembered and will run again: %s.", node.name, error)

    def fail(self, node: Node) -> None:
        """Notes that a node did not come to its end."""
        with self._lock:
            self._running.pop(node.name, None)
            self.account.ran.pop(node.name, None)
            if node.name not in self.account.failed:
                self.account.failed.append(node.name)

    def close(self) -> None:
        """Remembers the run."""
        with self._lock:
            try:
                self._digests.save()
                if self.account.traces:
                    self._store.add_run({"run": self._save_version, "traces": self.account.traces})
            except OSError as error:
                self._warn(f"This run is not remembered: {error}")

    def _complete_memory(self, node: Node) -> None:
        """Identifies what producers that were put off would leave in memory for a node, now that more is known."""
        for name in node.inputs:
            producer = self._producers.get(stripped(name))
            is_open = producer is not None and stripped(name) not in self._memory
            if producer is not None and is_open and self._dependencies.entry(name).is_memory:
                self._complete_memory(producer)
                key = self._assessor.verdict(producer, self._memory).key
                if key is not None:
                    self._memory |= self._assessor.memory_contents(producer, key)

    def _verdict(self, node: Node) -> Verdict:
        if not self._assessor.writes_memory(node):
            return self._assessor.verdict(node, self._memory)
        done = {*self.account.ran, *self.account.restored, *self.account.skipped} - self._running.keys()
        return self._assessor.outlook(done, set(self._running), self._memory)[node.name]

    def _missing_producers(self, node: Node) -> list[Node]:
        """Returns the nodes, first to last, that were skipped although this node needs what they make in memory."""
        found: list[Node] = []
        for name in node.inputs:
            producer = self._producers.get(stripped(name))
            if producer is None or not self._dependencies.entry(name).is_memory:
                continue
            is_there = producer.name in self.account.ran and self._catalog.exists(name)
            if producer.name in self._running or not is_there:
                found += [before for before in self._missing_producers(producer) if before not in found]
                found.append(producer)
        return list(dict.fromkeys(found))

    def _skip(self, node: Node, verdict: Verdict) -> None:
        if node.name not in self.account.restored:
            self.account.skipped.append(node.name)
            logger.info("%s is %s", node.name, "up to date" if verdict.trace else "not needed")
        self._release(node.outputs)
        if verdict.trace is not None:
            self._note(node, verdict.trace)

    def _note(self, node: Node, trace: Trace) -> None:
        self.account.traces[node.name] = [trace.key, trace.identity]
        newest = {slot: storage.newest() for slot, storage in self._assessor.files(node).items()}
        places = {slot: self._recorder.project_name(path) for slot, path in newest.items() if path is not None}
        try:
            self._store.set_latest(self._assessor.record_name(node), trace, places)
        except OSError as error:
            self._warn(f"Nothing can be remembered: {error}")

    def _start(self, node: Node, verdict: Verdict, reason: str) -> None:
        self._running[node.name] = (verdict, time.time_ns())
        self.account.ran[node.name] = reason
        if node.name in self.account.skipped:
            self.account.skipped.remove(node.name)
        logger.info("%s has to run: %s", node.name, reason)
        if verdict.key is not None:  # a node that always runs may collect in a folder what each run adds
            self._before[node.name] = self._folders_before(node)
        for name, folder in self._scratch(node, verdict).items():
            self._catalog[name].use_folder(folder)
            with suppress(OSError):
                self._store.note_scratch(self._dependencies.entry(name).location, folder, self._save_version)
        self._release((*node.inputs, *node.outputs))

    def _scratch(self, node: Node, verdict: Verdict) -> dict[str, str]:
        """Returns the folders for a node's unfinished work, by the inputs that hand them to it."""
        places = {name: self._dependencies.entry(name).storage for name in node.inputs}
        return {
            name: key_continued_over(verdict.parts, storage.continued_over)[:24]
            for name, storage in places.items()
            if isinstance(storage, Scratch) and verdict.parts is not None
        }

    def _release(self, names: tuple[str, ...] | list[str]) -> None:
        """Lets versioned datasets look for their newest version again, before a worker gets a copy of them."""
        for name in names:
            if isinstance(self._dependencies.entry(name).dataset, AbstractVersionedDataset):
                self._catalog.release(name)

    def _folders_before(self, node: Node) -> dict[str, dict[str, FileTimes]]:
        """Returns what lies in the folders that a node fills, where a run of it is remembered; not what it reads."""
        latest = self._store.latest(self._assessor.record_name(node))
        inputs = [self._dependencies.entry(name).storage for name in node.inputs]
        read = {storage.base for storage in inputs if isinstance(storage, Files | Scratch)}
        return {
            slot: self._restorer.before(storage)
            for slot, storage in self._assessor.files(node).items()
            if latest is not None and not any(storage.base in (path, *path.parents) for path in read)
        }

    def _foreign(self) -> set[Path]:
        """Returns the paths of everything that is in the catalog or made by any pipeline."""
        if self._places is None:
            from kedro.framework.project import pipelines

            names = {*self._catalog.keys(), *(name for each in pipelines.values() for name in each.datasets())}
            storages = [self._dependencies.entry(name).storage for name in sorted(names)]
            self._places = {storage.base for storage in storages if isinstance(storage, Files | Scratch)}
        return self._places

    def _restore(self, node: Node, verdict: Verdict) -> Verdict:
        """Brings back what a former run left; where that fails, the node runs."""
        assert verdict.trace is not None  # noqa: S101  restorable means that there is one
        try:
            for slot, storage in self._assessor.files(node).items():
                self._restorer.restore(storage, verdict.trace.outputs[slot])
        except (OSError, ValueError) as error:
            return replace(
                verdict, state=State.WILL_RUN, changes=(Change("output", "as stored", None, f"unusable: {error}"),)
            )
        logger.info("%s is restored from an earlier run", node.name)
        self.account.restored.append(node.name)
        return verdict

    def _check_nothing_changed(self, verdict: Verdict) -> None:
        """Makes sure that a node's inputs and its code are what they were when the run began.

        Raises:
            ValueError: One is not.
        """
        assert verdict.parts is not None  # noqa: S101  the caller made sure
        for entry in verdict.parts["inputs"].values():
            name = entry["name"]
            if stripped(name) not in self._memory and self._dependencies.content(name) != entry["content"]:
                raise ValueError(f"its input {name} changed while it ran")
        edited = self._dependencies.edited_before_loading(verdict.parts)
        if edited:
            raise ValueError(f"{edited} was edited before it was loaded")

    def _warn(self, message: str) -> None:
        if not self._is_warned:
            self._is_warned = True
            logger.warning("%s", message)
