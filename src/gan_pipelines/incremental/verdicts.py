"""Which nodes of a pipeline are up to date, which can be restored, and which run."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from gan_pipelines.incremental.changes import UNKNOWN, Change, changes
from gan_pipelines.incremental.dependencies import Dependencies
from gan_pipelines.incremental.digests import MISSING, Digests
from gan_pipelines.incremental.keys import Parts, key_of
from gan_pipelines.incremental.names import slots, stripped
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Trace
from gan_pipelines.incremental.values import digest


class State(StrEnum):
    """What would happen to a node in a run."""

    UP_TO_DATE = "up-to-date"
    RESTORABLE = "restorable"
    WILL_RUN = "will run"
    MAY_RUN = "may run"
    ALWAYS = "always"
    NOT_NEEDED = "not needed"


_RUNS = {State.WILL_RUN, State.MAY_RUN, State.ALWAYS}


@dataclass(frozen=True)
class Verdict:
    """What is known of a node before it runs.

    Args:
        state: What would happen to it.
        changes: Why it runs, if it does.
        parts: What it depends on; None if that is not known yet, or never.
        key: Their digest.
        trace: What its outputs are, or would be restored to.
    """

    state: State
    changes: tuple[Change, ...] = ()
    parts: Parts | None = None
    key: str | None = None
    trace: Trace | None = None

    @property
    def runs(self) -> bool:
        """Whether the node runs, or may run."""
        return self.state in _RUNS


class Assessor:
    """Compares what nodes depend on, and what they left on the disk, with what is remembered.

    Args:
        pipeline: The nodes.
        dependencies: What they depend on.
        store: What is remembered.
        digests: Of files.
        forced: Names of nodes that run in any case.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        dependencies: Dependencies,
        store: Store,
        digests: Digests,
        forced: Collection[str] = (),
    ) -> None:
        self.nodes = pipeline.nodes
        self._dependencies = dependencies
        self._store = store
        self._digests = digests
        self._forced = frozenset(forced)
        self._producers = {stripped(name): node for node in self.nodes for name in node.outputs}

    def outlook(
        self, settled: Collection[str] = (), running: Collection[str] = (), memory: Mapping[str, str] | None = None
    ) -> dict[str, Verdict]:
        """Returns what would happen to each node in a run that starts, or goes on, now.

        Args:
            settled: Names of nodes that have run or been skipped; they are left out.
            running: Names of nodes that run now.
            memory: Contents of datasets in memory that settled nodes made, or would make, by name.
        """
        demanded: dict[str, Verdict] = {}
        while True:
            verdicts = self._forward(settled, running, memory or {}, demanded)
            before, demanded = demanded, self._demands(verdicts)
            if demanded == before:
                return verdicts

    def verdict(self, node: Node, memory: Mapping[str, str]) -> Verdict:
        """Returns what happens to a node whose inputs are all there.

        Args:
            node: The node.
            memory: Contents of datasets that live in memory, by name.
        """
        return self._assess(node, memory, {})

    def record_name(self, node: Node) -> str:
        """Returns the name under which a node's newest trace is remembered: its own, with where its outputs lie."""
        places = [self._dependencies.entry(name).location for name in node.outputs]
        return digest([node.name, *places])

    def files(self, node: Node) -> dict[str, Files]:
        """Returns where a node's outputs lie that have files, by slot."""
        found = {slot: self._dependencies.entry(name).storage for slot, name in slots(node._outputs).items()}
        return {slot: storage for slot, storage in found.items() if isinstance(storage, Files)}

    def writes_memory(self, node: Node) -> bool:
        """Whether an output of a node lives in memory only."""
        return any(self._dependencies.entry(name).is_memory for name in node.outputs)

    def writes_memory_only(self, node: Node) -> bool:
        """Whether all outputs of a node live in memory only."""
        return all(self._dependencies.entry(name).is_memory for name in node.outputs)

    def memory_contents(self, node: Node, key: str) -> dict[str, str]:
        """Returns what identifies a node's outputs in memory: where they come from."""
        return {
            stripped(name): digest(["made by", key, slot])
            for slot, name in slots(node._outputs).items()
            if self._dependencies.entry(name).is_memory
        }

    def matches(self, trace: Trace, node: Node) -> bool:
        """Whether a node's outputs on the disk are, byte for byte, those of one run."""
        places = self.files(node)
        return places.keys() == trace.outputs.keys() and not any(self.differences(trace, node))

    def differences(self, trace: Trace, node: Node) -> Iterator[tuple[str, str]]:
        """Yields each output that is not as a run left it, with ``missing`` or ``damaged``."""
        for slot, storage in self.files(node).items():
            recorded = trace.outputs.get(slot)
            if recorded is None:
                continue
            listing = storage.listing(storage.newest())
            found = {suffix: self._digests.sha256(file) for suffix, file in listing.items()}
            if found != {suffix: stored.sha256 for suffix, stored in recorded.files.items()}:
                gone = recorded.files.keys() - found.keys()
                yield slots(node._outputs)[slot], "missing" if gone and len(found) < len(recorded.files) else "damaged"

    def observed_changes(self, trace: Trace) -> Iterator[Change]:
        """Yields each file outside the catalog that a node read and that is not as it was."""
        for name, recorded in trace.observed.items():
            now = self.observed_digest(name)
            if now != recorded:
                before, after = (None if content == MISSING else content for content in (recorded, now))
                yield Change("file", name.rstrip("/"), before, after)

    def observed_digest(self, name: str) -> str:
        """Returns the digest of a file, or of the names in a folder if this one's name ends with a slash."""
        path = self._dependencies.project / name
        if not name.endswith("/"):
            return self._digests.sha256(path)
        try:
            return digest(sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(".tmp-")))
        except OSError:
            return MISSING

    def _forward(
        self,
        settled: Collection[str],
        running: Collection[str],
        memory: Mapping[str, str],
        demanded: Mapping[str, Verdict],
    ) -> dict[str, Verdict]:
        """Goes through the nodes from the first to the last, with what each would make of its inputs."""
        contents: dict[str, str | None] = dict(memory)
        verdicts = {}
        for node in self.nodes:
            if node.name in settled:
                continue
            verdict = Verdict(State.WILL_RUN) if node.name in running else self._assess(node, contents, demanded)
            verdicts[node.name] = verdict
            outcome = self._outcome(node, verdict)
            # What a node that runs now leaves in memory is known by the key with which it was started.
            contents |= {name: each for name, each in outcome.items() if node.name not in running or name not in memory}
        return verdicts

    def _outcome(self, node: Node, verdict: Verdict) -> dict[str, str | None]:
        """Returns the contents that a node's outputs will have; None for those that are not known."""
        found: dict[str, str | None] = {}
        for slot, name in slots(node._outputs).items():
            storage = self._dependencies.entry(name).storage
            if isinstance(storage, Files) and storage.pinned is None:
                is_known = verdict.trace is not None and not verdict.runs
                found[stripped(name)] = verdict.trace.outputs[slot].content if is_known and verdict.trace else None
            elif self._dependencies.entry(name).is_memory:
                found[stripped(name)] = None
        return found | (self.memory_contents(node, verdict.key) if verdict.key else {})

    def _assess(self, node: Node, contents: Mapping[str, str | None], demanded: Mapping[str, Verdict]) -> Verdict:
        reason = self._dependencies.why_always(node)
        if reason is not None:
            return Verdict(State.ALWAYS, (Change("always", reason),))
        waiting = [name for name in node.inputs if contents.get(stripped(name), "") is None]
        if waiting:
            return self._undecided(node, waiting, demanded)
        known = {name: contents[stripped(name)] for name in node.inputs if stripped(name) in contents}
        parts = self._dependencies.parts(node, {name: content for name, content in known.items() if content})
        verdict = self._by_key(node, parts, key_of(parts))
        if node.name in self._forced:
            return replace(verdict, state=State.WILL_RUN, changes=(Change("forced", "forced"),))
        if node.name in demanded and not verdict.runs:
            return replace(verdict, state=demanded[node.name].state, changes=demanded[node.name].changes)
        return verdict

    def _undecided(self, node: Node, waiting: list[str], demanded: Mapping[str, Verdict]) -> Verdict:
        if node.name in self._forced:
            return Verdict(State.WILL_RUN, (Change("forced", "forced"),))
        if node.name in demanded:
            return demanded[node.name]
        for name in waiting:
            producer = self._producers[stripped(name)]
            always = self._dependencies.why_always(producer)
            if always and self._dependencies.entry(name).is_memory:
                reason = f"its input {name} exists in memory only, and {producer.name} always runs: {always}"
                return Verdict(State.ALWAYS, (Change("always", reason),))
        return Verdict(State.MAY_RUN, tuple(Change("input", name, None, UNKNOWN) for name in waiting))

    def _by_key(self, node: Node, parts: Parts, key: str) -> Verdict:
        if self.writes_memory_only(node):
            return Verdict(State.NOT_NEEDED, (), parts, key)
        traces = [trace for trace in self._store.traces(key) if not any(self.observed_changes(trace))]
        for trace in traces:
            if self.matches(trace, node):
                return Verdict(State.UP_TO_DATE, (), parts, key, trace)
        for trace in traces:
            if trace.outputs.keys() == self.files(node).keys() and self._is_complete(trace):
                return Verdict(State.RESTORABLE, (), parts, key, trace)
        return Verdict(State.WILL_RUN, tuple(self._reasons(node, parts, key)), parts, key)

    def _is_complete(self, trace: Trace) -> bool:
        return all(
            self._store.holds(stored.sha256) for output in trace.outputs.values() for stored in output.files.values()
        )

    def _reasons(self, node: Node, parts: Parts, key: str) -> Iterator[Change]:
        """Yields why a node runs: what changed since the newest trace, or what is wrong with its outputs."""
        latest = self._store.latest(self.record_name(node))
        if latest is None:
            yield Change("new", "not yet run")
            return
        found = [*changes(latest.parts, parts, latest.sources, self.read_source), *self.observed_changes(latest)]
        yield from found
        if not found:
            traces = self._store.traces(key) or [latest]
            for name, what in self.differences(traces[0], node):
                yield Change("output", name, None, what)

    def read_source(self, file: str, sha256: str | None) -> str | None:
        """Returns the text of a project file, as it is or as it was when it had this digest."""
        path: Path = self._dependencies.project / file if sha256 is None else self._store.blob(sha256)
        try:
            return path.read_text("utf8", "replace")
        except OSError:
            return None

    def _demands(self, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
        """Returns the nodes that run, or may run, because another one needs what they leave in memory."""
        found: dict[str, Verdict] = {}
        for node in self.nodes:
            consumer = verdicts.get(node.name)
            if consumer is None or not consumer.runs:
                continue
            state = State.MAY_RUN if consumer.state == State.MAY_RUN else State.WILL_RUN
            for name in node.inputs:
                producer = self._producers.get(stripped(name))
                if producer is None or not self._dependencies.entry(name).is_memory:
                    continue
                if producer.name not in found or state == State.WILL_RUN:
                    reason = f"{node.name} needs {name}, which exists in memory only"
                    found[producer.name] = Verdict(state, (Change("always", reason),))
        return found
