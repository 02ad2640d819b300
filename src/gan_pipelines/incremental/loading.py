"""Whether the code that Python loaded is the code that lies on the disk.

The code's fingerprint is read from files, but a process runs what it loaded. A file that was edited in between would
bind the old code's results to the new code.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.incremental.project_files import source_files


class _State(NamedTuple):
    """A file at one moment."""

    size: int
    modified: int
    changed: int


class LoadedCode:
    """Remembers how files were before their modules were loaded.

    Args:
        roots: The folders of the project's code; packages lie directly in them.
    """

    _noted: dict[Path, tuple[object, _State]] = {}  # noqa: RUF012  what a process has loaded is one for all

    def __init__(self, roots: Iterable[Path]) -> None:
        self._names = {path: _module_name(path, root) for root in roots for path in source_files(root, ".py")}
        for path, name in self._names.items():
            module = sys.modules.get(name)
            known = self._noted.get(path)
            if module is None or known is None or known[0] is not module:
                self._noted[path] = (module, _state(path))

    def edited(self) -> dict[str, Path]:
        """Returns the files that changed since their modules were loaded, or may have changed before, by module."""
        return {name: path for path, name in self._names.items() if _state(path) != self._noted[path][1]}

    def note_loaded(self) -> set[str]:
        """Returns the modules that are loaded now, and ties what was noted to them."""
        loaded = set()
        for path, name in self._names.items():
            module = sys.modules.get(name)
            if module is not None:
                loaded.add(name)
                if self._noted[path][0] is None:
                    self._noted[path] = (module, self._noted[path][1])
        return loaded


def _module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _state(path: Path) -> _State:
    try:
        status = path.stat()
    except OSError:
        return _State(-1, 0, 0)
    return _State(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
