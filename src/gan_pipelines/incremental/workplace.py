"""Everything that a run needs to decide and to remember, put together for one project and one pipeline."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from pathlib import Path

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from gan_pipelines.incremental.code import Codebase
from gan_pipelines.incremental.dependencies import Dependencies
from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.gate import Gate
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.locks import locked
from gan_pipelines.incremental.options import SHARED_STORE, Options
from gan_pipelines.incremental.project_files import source_roots
from gan_pipelines.incremental.storage import Files, Scratch
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.verdicts import Assessor

FOLDER = ".incremental"

RESULTS = "results"
"""The lock that runs share, and that removing old results takes for itself."""


def open_store(project: Path) -> tuple[Store, Digests]:
    """Returns what is remembered of a project, and the digests of its files; nothing is written."""
    folder = project / FOLDER
    digests = Digests(project, folder / "digests.json")
    return Store(folder, Path(os.environ.get(SHARED_STORE) or folder), digests), digests


class Workplace:
    """A pipeline with its catalog, compared with what is remembered of it.

    Args:
        project: The project's folder.
        pipeline: The nodes of a run.
        catalog: Their datasets.
        hooks: Plugins whose hooks are called around nodes.
        options: What the user asked for.
        loaded: What Python has loaded of the project's code.

    Raises:
        IncrementalError: A node that is to be forced is not in the pipeline.
    """

    def __init__(
        self,
        project: Path,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hooks: Iterable[object],
        options: Options,
        loaded: LoadedCode,
    ) -> None:
        self.project = project
        self.pipeline = pipeline
        self.catalog = catalog
        self.store, self.digests = open_store(project)
        codebase = Codebase(project, source_roots(project))
        self.dependencies = Dependencies(project, pipeline, catalog, codebase, hooks, self.digests, loaded)
        forced = {node.name for node in pipeline.nodes} if options.force else _known(options.force_nodes, pipeline)
        self.assessor = Assessor(pipeline, self.dependencies, self.store, self.digests, forced)

    @contextmanager
    def gate(self, save_version: str) -> Iterator[Gate]:
        """Opens the gate for a run that saves under this version; another run on the same datasets waits."""
        names = {*self.pipeline.datasets()}
        places = {name: self.dependencies.entry(name) for name in names}
        lockable = {
            name: entry.location for name, entry in places.items() if isinstance(entry.storage, Files | Scratch)
        }
        outputs = self.pipeline.all_outputs()
        written = {
            place for name, place in lockable.items() if name in outputs or isinstance(places[name].storage, Scratch)
        }
        with ExitStack() as stack:
            stack.enter_context(locked(self.store.shared / "locks", (), (RESULTS,)))
            stack.enter_context(locked(self.store.folder / "locks", written, set(lockable.values()) - written))
            gate = Gate(self.assessor, self.dependencies, self.store, self.digests, self.catalog, save_version)
            stack.callback(gate.close)
            yield gate


def _known(names: Iterable[str], pipeline: Pipeline) -> set[str]:
    known = {node.name for node in pipeline.nodes}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean `{close[0]}`?" if close else ""
            raise IncrementalError(
                f"--force-nodes names `{name}`, which is not in this run.{hint} Its nodes: {', '.join(sorted(known))}."
            )
    return set(names)
