"""Recording of a node's outputs and observed dependencies."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kedro.pipeline.node import Node

from gan_pipelines.incremental.code import CodeFingerprint, Origin
from gan_pipelines.incremental.decider import Decider, Decision
from gan_pipelines.incremental.dependencies import modules_of, slots
from gan_pipelines.incremental.digests import GRAIN
from gan_pipelines.incremental.observation import Code, Event, Observed
from gan_pipelines.incremental.packages import is_missing
from gan_pipelines.incremental.parts import Part, Parts, key_of
from gan_pipelines.incremental.storage import Files, Scratch
from gan_pipelines.incremental.traces import Output, Stored, Trace

_MEMORY = "/dev/shm"  # noqa: S108  another folder of temporary files


class Recorder:
    """Creates and stores traces of nodes that have run; non-fatal errors are passed to `warn`."""

    def __init__(self, decider: Decider, warn: Callable[[str], None]) -> None:
        self._decider = decider
        self._dependencies = decider.dependencies
        self._project = decider.dependencies.project
        self._codebase = decider.dependencies.codebase
        self._warn = warn
        self._happened: dict[str, Parts] = {}

    def record(
        self, node: Node, decision: Decision, started: int, observed: Observed, scratch: tuple[str, ...]
    ) -> Trace | None:
        """Stores the trace of a node, with the observed dependencies of the nodes that made its in-memory inputs.

        Args:
            node: A node that has run.
            decision: Its decision; with parts.
            started: Time of its start in nanoseconds.
            observed: Events of its run.
            scratch: Names of its scratch subfolders.

        Returns:
            The trace; None if all outputs are in memory.

        Raises:
            OSError: If the trace cannot be written.
            ValueError: If a dependency changed or cannot be observed, or an output is missing.
        """
        happened = self._observed_parts(node, started, observed)
        for name, maker in self._decider.makers_in_memory(node):
            if maker.name not in self._happened:
                raise ValueError(f"{maker.name}, which made {name} in memory, is not recorded")
            happened = {
                section: {**found, **self._happened[maker.name][section]} for section, found in happened.items()
            }
        self._happened[node.name] = happened
        if all(self._dependencies.entry(name).is_memory for name in node.outputs):
            return None
        assert decision.parts is not None  # noqa: S101
        trace = Trace(
            identity=f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{self._decider.save_version[-6:]}",
            node=node.name,
            key=key_of(decision.parts),
            parts=decision.parts,
            outputs={
                slot: self._output(slots(node._outputs)[slot], files)
                for slot, files in self._decider.files(node).items()
            },
            happened=happened,
            sources=self._sources([*decision.parts["code"].values(), *happened["other_code"].values()]),
            scratch=scratch,
        )
        self._decider.store.add(trace)
        return trace

    def _observed_parts(self, node: Node, started: int, observed: Observed) -> Parts:
        if observed.is_unseen:
            raise ValueError("it started processes other than forks, whose reads cannot be observed")
        own = [event._replace(moment=started) for event in observed.events.values()]
        names: list[tuple[str, str]] = []
        while True:  # code found by its events may have earlier events, which may lead to more code
            code = self._codebase.of_names(names)
            events = [*map(self._as_file, (*own, *self._of_reached_code(node, observed, code)))]
            before, names = names, sorted(set(self._names(node, events)))
            if names == before:
                break
        files = self._files(node, started, observed, events)
        used = self._dependencies.code[node.name].packages | code.packages
        asked = {event.subject for event in events if event.kind in {"asked", "package"}}
        asked = {name for name in asked if self._codebase.finder.origin(name) is Origin.PACKAGE}
        folders = self._project.user_folders()
        del folders["working directory"]
        below = [name for name, folder in folders.items() if any(_is_below(file, [folder]) for file in files)]
        return self._dependencies.happened(
            {
                "names": [f"{module}:{name}" for module, name in names],
                "packages": self._versioned((used | asked) & observed.loaded, files),
                "absent": filter(is_missing, asked),
                "folders": below + (["working directory"] if observed.is_relative else []),
                "files": files,
            }
        )

    def _versioned(self, packages: Iterable[str], files: Iterable[str]) -> Iterator[str]:
        """Yields the distributions of packages; modules without one are left out if they are among the read files."""
        for name in self._dependencies.installed.versions(packages):
            file = getattr(sys.modules.get(name[1:-1]), "__file__", None) if name.startswith("<") else None
            if file is None or self._project.name(os.path.abspath(file)) not in files:  # noqa: PTH100
                yield name

    def _as_file(self, event: Event) -> Event:
        """Converts a call of code outside the project's sources to the loading of its file."""
        file = event.subject.rpartition(":")[0]
        is_loose = event.kind == "called" and not self._is_source(file)
        return event._replace(kind="loaded", subject=os.path.realpath(file)) if is_loose else event

    def _of_reached_code(self, node: Node, observed: Observed, further: CodeFingerprint) -> Iterator[Event]:
        """Yields all events of code that the node reaches, also for other nodes, because the code may cache data."""
        codes = self._dependencies.code[node.name], further
        reached = {identity for code in codes for identity in code.symbols}
        reached |= {f"{module}:<module>" for code in codes for module in modules_of(code)}
        made = [storage.base for other in self._decider.nodes for storage in self._decider.files(other).values()]
        made += [storage.base for storage in self._storages(node.inputs) if isinstance(storage, Scratch)]
        for place, events in observed.by_code.items():
            if f"{self._module(place.file)}:{place.name}" not in reached:
                continue
            for event in events.values():
                is_own_output = event.kind in {"read", "listed"} and _is_below(event.subject, made)
                if not is_own_output and not self._is_named_call(place, event):
                    yield event

    def _is_named_call(self, place: Code, event: Event) -> bool:
        """Whether an event is a call at import whose function is reached by names, hence already in the fingerprint."""
        if place.name != "<module>" or event.kind != "called":
            return False
        file, _, name = event.subject.rpartition(":")
        return f"{self._module(file)}:{name}" in self._codebase.of_names([(self._module(place.file) or "", "")]).symbols

    def _names(self, node: Node, events: Iterable[Event]) -> Iterator[tuple[str, str]]:
        """Yields observed code that is not in the fingerprint; an empty name means the whole module."""
        code = self._dependencies.code[node.name]
        for event in events:
            module: str | None = None
            name = ""
            if event.kind == "loaded" and self._is_source(event.subject):
                module = self._module(event.subject)
            elif event.kind == "called":
                file, _, name = event.subject.rpartition(":")
                module, name = self._module(file), "" if name == "<module>" else name
            elif event.kind == "code":
                module, _, name = event.subject.partition(":")
            is_known = f"{module}:{name}" in code.symbols if name else module in code.imported
            if module is not None and not is_known and self._codebase.finder.find(module) is not None:
                yield module, name if self._codebase.binds(module, name) else ""

    def _files(self, node: Node, started: int, observed: Observed, events: Iterable[Event]) -> list[str]:
        """Returns the files that were read outside the catalog, and listed folders with a trailing slash.

        Raises:
            ValueError: If a file was written after it was read.
        """
        known = [path for storage in self._storages((*node.inputs, *node.outputs)) for path in storage.paths]
        known += [self._project.state, self._project.shared_state]
        above = {str(path.parent) for storage in self._decider.files(node).values() for path in storage.paths}
        written = observed.written | {path for path in observed.named if _changed_since(path, started)}
        found: set[str] = set()
        for kind, path, moment in events:
            if path in written or _is_below(path, known) or _was_temporary(path):
                continue
            if kind == "listed" and path not in above and not os.path.exists(f"{path}/__init__.py"):  # noqa: PTH110
                found.add(f"{path}/")
            is_read = kind == "read" or (kind == "loaded" and not self._is_source(path))
            if is_read and not os.path.isdir(path):  # noqa: PTH112
                if _changed_since(path, moment):
                    raise ValueError(f"the file {self._project.name(path)} was written after it was read")
                found.add(path)
        for named in map(Path, observed.named - written):
            if not self._project.folder.is_relative_to(named):  # a parent folder of the project is no dependency
                files = (str(file) for file in (named, *named.rglob("*")) if file.is_file())
                found |= {file for file in files if not _is_below(file, known)}
        return sorted(map(self._project.name, found))

    def _is_source(self, path: str) -> bool:
        """Whether a file is a module of the project, whose code is compared by statement."""
        roots = (*self._project.source_roots, *self._project.packages.values())
        return _is_below(os.path.realpath(path), map(os.path.realpath, roots))

    def _storages(self, names: Iterable[str]) -> list[Files | Scratch]:
        found = [self._dependencies.entry(name).storage for name in names]
        return [storage for storage in found if isinstance(storage, Files | Scratch)]

    def _module(self, file: str) -> str | None:
        return self._codebase.finder.name_of(Path(os.path.realpath(file)))

    def _output(self, name: str, storage: Files) -> Output:
        target = storage.version(self._decider.save_version)
        listing = storage.listing(target)
        if not listing:
            raise ValueError(f"its output {name} is missing at {target}")
        files = {suffix: self._stored(file) for suffix, file in listing.items()}
        return Output(self._dependencies.content_at(storage, target), files)

    def _stored(self, file: Path) -> Stored:
        sha256 = self._decider.digests.sha256(file)
        try:
            self._decider.store.put(file, sha256)
        except OSError as error:  # outputs that cannot be restored can still be compared
            self._warn(f"Outputs cannot be copied to the store, so they cannot be restored later: {error}")
        return Stored(sha256, file.stat().st_size)

    def _sources(self, code: Iterable[Part]) -> dict[str, str]:
        """Stores the source files of a node's code for later diffs, and returns their digests by path."""
        sources = {}
        for file in sorted({part[1] for part in code}):
            path = self._project.folder / file
            with suppress(OSError, ValueError):
                sources[file] = self._decider.digests.sha256(path)
                self._decider.store.put(path, sources[file])
        return sources


def _is_below(path: str, folders: Iterable[Path | str]) -> bool:
    return any(path == str(folder) or path.startswith(f"{folder}{os.sep}") for folder in folders)


def _was_temporary(path: str) -> bool:
    """Whether a path was in a temporary folder and no longer exists."""
    return path.startswith((f"{tempfile.gettempdir()}{os.sep}", f"{_MEMORY}/")) and not os.path.exists(path)  # noqa: PTH110


def _changed_since(path: str, moment: int) -> bool:
    try:
        return os.stat(path).st_ctime_ns > moment - GRAIN  # noqa: PTH116
    except OSError:
        return False
