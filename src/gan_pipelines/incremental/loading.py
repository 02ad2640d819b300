"""Whether the code that Python loaded is the code that lies on the disk.

The code's fingerprint is read from files, but a process runs what it loaded. A file that was edited in between would
bind the old code's results to the new code.
"""

import sys
from pathlib import Path
from typing import ClassVar

from gan_pipelines.incremental.digests import FileTimes
from gan_pipelines.incremental.project import Project


class LoadedCode:
    """Remembers how the files of a project were before their modules were loaded."""

    _noted: ClassVar[dict[Path, tuple[object, FileTimes]]] = {}  # what a process has loaded is one for all

    def __init__(self, project: Project) -> None:
        self._names = dict(project.files_of_code())
        for path, name in self._names.items():
            module = sys.modules.get(name)
            known = self._noted.get(path)
            if module is None or known is None or known[0] is not module:
                self._noted[path] = (module, FileTimes.of(path))

    def edited(self) -> dict[str, Path]:
        """Returns the files that changed since their modules were loaded, or may have changed before, by module."""
        return {name: path for path, name in self._names.items() if FileTimes.of(path) != self._noted[path][1]}

    def note_loaded(self) -> set[str]:
        """Returns the modules that are loaded now, and ties what was noted to them."""
        loaded = {path: name for path, name in self._names.items() if sys.modules.get(name) is not None}
        for path, name in loaded.items():
            module, times = self._noted[path]
            self._noted[path] = (sys.modules[name] if module is None else module, times)
        return {*loaded.values()}
