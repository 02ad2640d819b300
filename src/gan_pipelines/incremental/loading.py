"""Detection of source files that changed since they were imported.

Code fingerprints are read from files, but a process runs what it imported. An edit in between would record the old
code's results under the new code.
"""

import sys
from pathlib import Path
from typing import ClassVar

from gan_pipelines.incremental.digests import FileTimes
from gan_pipelines.incremental.project import Project


class LoadedCode:
    """Module and file times of each source file of a project, recorded before its module was loaded."""

    _recorded: ClassVar[dict[Path, tuple[object, FileTimes]]] = {}  # shared, as `sys.modules` is

    def __init__(self, project: Project) -> None:
        self._names = dict(project.files_of_code())
        for path, name in self._names.items():
            module = sys.modules.get(name)
            known = self._recorded.get(path)
            if module is None or known is None or known[0] is not module:
                self._recorded[path] = (module, FileTimes.of(path))

    def edited(self) -> dict[str, Path]:
        """Returns the files that changed after they were recorded, by module."""
        return {name: path for path, name in self._names.items() if FileTimes.of(path) != self._recorded[path][1]}

    def note_loaded(self) -> set[str]:
        """Returns the names of the loaded modules, and assigns them to the recorded file times."""
        loaded = {path: name for path, name in self._names.items() if sys.modules.get(name) is not None}
        for path, name in loaded.items():
            module, times = self._recorded[path]
            self._recorded[path] = (sys.modules[name] if module is None else module, times)
        return {*loaded.values()}
