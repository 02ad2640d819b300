"""The Python code of a project."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gan_pipelines.incremental.code.finding import ModuleFinder
from gan_pipelines.incremental.code.fingerprints import CodeFingerprint
from gan_pipelines.incremental.code.graph import Graph
from gan_pipelines.incremental.code.live import Description
from gan_pipelines.incremental.code.reaching import Reach
from gan_pipelines.incremental.code.resolving import Resolver


class Codebase:
    """The project's Python code as a graph of symbols, read from the files as they are now; nothing of it is imported.

    Args:
        project_path: Files inside are named relative to it.
        source_roots: The folders that hold the project's packages.
    """

    def __init__(self, project_path: Path, source_roots: Sequence[Path]) -> None:
        self._project = Path(os.path.realpath(project_path))
        self._resolver = Resolver(ModuleFinder(source_roots))
        self._graph = Graph(self._resolver, self._project)

    def fingerprint(self, function: object) -> CodeFingerprint:
        """Returns all that a function, class or callable object depends on."""
        with _without_garbage_collection():
            reach = Reach(self._graph)
            values, unknown = Description(self._resolver, reach, self._project).of(function)
            symbols = reach.finish()
        return CodeFingerprint(
            symbols=symbols,
            values=values,
            packages=frozenset(reach.packages),
            environment=frozenset(reach.environment),
            coarse=tuple(sorted(reach.coarse)),
            unknown=unknown,
        )

    def files(self) -> dict[str, Path]:
        """Returns the project's files that were read so far, by the name that symbols give them."""
        modules = [module for module in self._resolver.loaded.values() if module.path.is_file()]
        return {self._graph.file(module): module.path for module in modules}


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Syntax trees are many objects that all stay: looking for garbage among them doubles the time that it takes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
