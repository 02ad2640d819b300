"""Decisions whether nodes are up to date, can be restored, or run."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from kedro.io.core import is_parameter
from kedro.pipeline.node import Node

from gan_pipelines.incremental.dependencies import Dependencies, slots, stripped
from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.options import Options
from gan_pipelines.incremental.parts import UNKNOWN, Change, Part, Parts, changes, key_of
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Trace
from gan_pipelines.incremental.values import digest


class State(StrEnum):
    """State of a node before a run."""

    UP_TO_DATE = "up-to-date"
    RESTORABLE = "restorable"
    WILL_RUN = "will run"
    MAY_RUN = "may run"
    ALWAYS = "always"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Decision:
    """Decision on a node.

    Args:
        state: State of the node.
        changes: Reasons why it runs.
        parts: Its dependencies; None if it always runs, or if an input is not yet known.
        trace: Trace that its outputs match or would be restored from.
    """

    state: State
    changes: tuple[Change, ...] = ()
    parts: Parts | None = None
    trace: Trace | None = None

    @property
    def runs(self) -> bool:
        """Whether the node runs or may run."""
        return self.state in {State.WILL_RUN, State.MAY_RUN, State.ALWAYS}


class Decider:
    """Compares the dependencies and outputs of nodes with the stored traces.

    In-memory data is identified by the key of the node that makes it, which runs when a consumer runs.

    Raises:
        IncrementalError: If a node of `options.force_nodes` is not in the pipeline.
    """

    def __init__(self, dependencies: Dependencies, options: Options, save_version: str = "") -> None:
        self.dependencies = dependencies
        self.save_version = save_version
        self.digests = dependencies.digests
        self.nodes = dependencies.pipeline.nodes
        self.store = Store(dependencies.project, self.digests)
        names = {node.name for node in self.nodes}
        self._forced = names if options.force else _check_names(options.force_nodes, names)
        self._makers = {stripped(name): node for node in self.nodes for name in node.outputs}

    def plan(self) -> dict[str, Decision]:
        """Returns the decisions of a run that starts now."""
        decisions: dict[str, Decision] = {}
        contents: dict[str, str] = {}
        for node in self.nodes:
            decisions[node.name] = decision = self.decide(node, contents)
            contents |= self._contents_after(node, decision)
            if decision.runs:
                self._plan_makers(node, decision.state, decisions, contents)
        return decisions

    def decide(self, node: Node, contents: dict[str, str] | None = None) -> Decision:
        """Decides whether a node runs.

        Args:
            node: A node of the pipeline.
            contents: Digests by dataset to use instead of the current ones, such as outputs of nodes that would run.
                Those of in-memory datasets are added.
        """
        parts = self._parts(node, {} if contents is None else contents)
        if isinstance(parts, str):
            return Decision(State.ALWAYS, (Change("always", parts),))
        key = _key(parts)
        if node.name in self._forced:
            return Decision(State.WILL_RUN, (Change("forced", "forced"),), parts if key else None)
        if key is None:
            return Decision(State.MAY_RUN, tuple(self._reasons(node, parts, key)))
        if all(self.dependencies.entry(name).is_memory for name in node.outputs):
            return Decision(State.NOT_NEEDED, (), parts)
        traces = [trace for trace in self.store.traces(key) if self._is_current(trace, node)]
        found = next((trace for trace in traces if not any(self._differences(trace, node))), None)
        stored = found or next((trace for trace in traces if self._is_stored(trace)), None)
        if stored is None:
            return Decision(State.WILL_RUN, tuple(self._reasons(node, parts, key)), parts)
        return Decision(State.UP_TO_DATE if found else State.RESTORABLE, (), parts, stored)

    def makers_in_memory(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Yields the in-memory inputs of a node with the nodes that make them."""
        for name in node.inputs:
            maker = self._makers.get(stripped(name))
            if maker is not None and self.dependencies.entry(name).is_memory:
                yield name, maker

    def record_name(self, node: Node) -> str:
        """Returns the name of a node's latest trace in the store, from its name and the locations of its outputs."""
        return digest([node.name, *(self.dependencies.entry(name).location for name in node.outputs)])

    def files(self, node: Node) -> dict[str, Files]:
        """Returns the storage of a node's outputs that are files, by slot."""
        found = {slot: self.dependencies.entry(name).storage for slot, name in slots(node._outputs).items()}
        return {slot: storage for slot, storage in found.items() if isinstance(storage, Files)}

    def found(self, storage: Files) -> dict[str, str]:
        """Returns the SHA-256 of an output's current files by suffix of its path."""
        return {name: self.digests.sha256(file) for name, file in storage.listing(storage.newest()).items()}

    def _parts(self, node: Node, contents: dict[str, str]) -> Parts | str:
        """Returns a node's dependencies, or the reason why it always runs."""
        own = self.dependencies.own[node.name]
        if isinstance(own, str):
            return own
        for name, maker in self.makers_in_memory(node):
            if stripped(name) not in contents:
                parts = self._parts(maker, contents)
                if isinstance(parts, str):
                    return f"its input {name} is in memory only, and {maker.name} always runs: {parts}"
                key = _key(parts)
                slot = next(slot for slot, each in slots(maker._outputs).items() if stripped(each) == stripped(name))
                contents[stripped(name)] = UNKNOWN if key is None else digest(["made by", key, slot])
        inputs = {
            place: [name, contents.get(stripped(name)) or self.dependencies.content(name)]
            for place, name in slots(node._inputs).items()
            if not is_parameter(name)
        }
        return {**own, "inputs": inputs}

    def _is_current(self, trace: Trace, node: Node) -> bool:
        """Whether a trace has all outputs of a node and its observed dependencies are unchanged."""
        has_all = trace.outputs.keys() == self.files(node).keys()
        return has_all and key_of(trace.happened) == key_of(self.dependencies.happened(trace.happened))

    def _is_stored(self, trace: Trace) -> bool:
        files = (stored for output in trace.outputs.values() for stored in output.files.values())
        return all(self.store.holds(stored.sha256) for stored in files)

    def _contents_after(self, node: Node, decision: Decision) -> dict[str, str]:
        """Returns the content digests of a node's files after the run."""
        trace = None if decision.runs else decision.trace
        return {
            stripped(slots(node._outputs)[slot]): trace.outputs[slot].content if trace else UNKNOWN
            for slot, storage in self.files(node).items()
            if storage.pinned is None
        }

    def _plan_makers(self, node: Node, state: State, decisions: dict[str, Decision], contents: dict[str, str]) -> None:
        """Plans the runs of the nodes that make the in-memory inputs of a node that runs."""
        state = State.MAY_RUN if state == State.MAY_RUN else State.WILL_RUN
        for name, maker in self.makers_in_memory(node):
            planned = decisions[maker.name]
            if not planned.runs or (planned.state, state) == (State.MAY_RUN, State.WILL_RUN):
                reason = f"{node.name} needs {name}, which is in memory only"
                decisions[maker.name] = replace(planned, state=state, changes=(Change("always", reason),), trace=None)
                contents |= self._contents_after(maker, decisions[maker.name])
                self._plan_makers(maker, state, decisions, contents)

    def _differences(self, trace: Trace, node: Node) -> Iterator[tuple[str, str]]:
        """Yields each output whose files differ from a trace, with ``missing`` or ``damaged``."""
        for slot, storage in self.files(node).items():
            if slot not in trace.outputs:
                continue
            recorded = {suffix: stored.sha256 for suffix, stored in trace.outputs[slot].files.items()}
            found = self.found(storage)
            if found != recorded:
                is_missing = recorded.keys() - found.keys() and len(found) < len(recorded)
                yield slots(node._outputs)[slot], "missing" if is_missing else "damaged"

    def _reasons(self, node: Node, parts: Parts, key: str | None) -> Iterator[Change]:
        """Yields the changes since a node's latest trace, else its missing or damaged outputs."""
        latest = self.store.latest(self.record_name(node))
        if latest is None:
            waiting = [name for name, content in parts["inputs"].values() if content == UNKNOWN]
            yield from [Change("input", name, None, UNKNOWN) for name in waiting] or [Change("new", "not yet run")]
            return
        now = {**parts, **self.dependencies.happened(latest.happened)}
        found = [*changes({**latest.parts, **latest.happened}, now, partial(self._compare_lines, latest.sources))]
        yield from found
        if key is not None and not found:
            for name, what in self._differences((self.store.traces(key) or [latest])[0], node):
                yield Change("output", name, None, what)

    def _compare_lines(self, sources: Mapping[str, str], old: Part | None, new: Part | None) -> str:
        """Returns the diff between the recorded and current lines of a statement."""
        file = (new or old or ["", ""])[1]
        then, now = self._lines(old, sources), self._lines(new, None)
        return "\n".join(difflib.unified_diff(then, now, f"{file} (then)", f"{file} (now)", lineterm="", n=2))

    def _lines(self, part: Part | None, sources: Mapping[str, str] | None) -> list[str]:
        """Returns the lines of a statement from its current file, or from the stored one with the digest in sources."""
        if part is None:
            return []
        _, file, first, last, _ = part
        path = self.dependencies.project.folder / file if sources is None else self.store.blob(sources.get(file, ""))
        try:
            return path.read_text("utf8", "replace").splitlines()[first - 1 : last]
        except OSError:
            return []


def _key(parts: Parts) -> str | None:
    return None if any(part[-1] == UNKNOWN for part in parts["inputs"].values()) else key_of(parts)


def _check_names(names: Iterable[str], known: set[str]) -> set[str]:
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean `{close[0]}`?" if close else ""
            raise IncrementalError(
                f"--force-nodes: `{name}` is not in this run.{hint} Choose from its nodes: {', '.join(sorted(known))}."
            )
    return set(names)
