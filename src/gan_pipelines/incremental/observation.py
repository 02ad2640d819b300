"""What a node reads outside the catalog.

Python announces every file that it opens and every folder that it lists to audit hooks. What is opened by libraries of
other languages is not announced. Files of Python itself, of packages and of the system are left out: the versions of
Python and of the packages stand for them.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_INSTALLED = ("__pycache__", ".egg-info", ".dist-info", "site-packages")
_CODE = (".py", ".pyc", ".pyi", ".so", ".pyd", ".pth", ".dll", ".dylib")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/usr", "/etc", "/proc", "/sys", "/dev", "/run/user", "/lib", "/lib64", "/bin", "/sbin")
_MEMORY = "/dev/shm"  # noqa: S108  a folder of users, though it lies among the system's


class Reads:
    """The paths that were read and written while a node ran."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.listed: set[str] = set()
        self.written: set[str] = set()


_running: dict[int, Reads] = {}
"""By the thread that runs the node."""

_aside: set[int] = set()
"""Threads that do something else."""


@contextmanager
def observed() -> Iterator[Reads]:
    """Collects what this thread reads; what threads of other names read counts for every node that runs meanwhile."""
    _install()
    reads = Reads()
    _running[threading.get_ident()] = reads
    try:
        yield reads
    finally:
        del _running[threading.get_ident()]


@contextmanager
def unobserved() -> Iterator[None]:
    """Keeps what this thread reads on its own account from being taken for what a node in another thread reads."""
    _aside.add(threading.get_ident())
    try:
        yield
    finally:
        _aside.discard(threading.get_ident())


def relevant(reads: Reads, project: Path, inputs: list[Path], outputs: list[Path]) -> tuple[set[str], set[str]]:
    """Returns the files and the folders that count among those that were read.

    Args:
        reads: All that was announced.
        project: Its hidden folders and its configuration of logging do not count, everything else does.
        inputs: Files and folders whose content is known otherwise.
        outputs: The same of what was written; the folder above is listed when a file in it is replaced.
    """
    known = tuple(str(path) for path in (*inputs, *outputs))
    above = {str(path.parent) for path in outputs}
    modules = {os.path.realpath(entry or project) for entry in sys.path}

    def counts(path: str) -> bool:
        is_tracked = any(path == prefix or path.startswith(f"{prefix}/") for prefix in known)
        return not is_tracked and path not in reads.written and _is_data(path, str(project))

    folders = {path for path in reads.listed if counts(path) and path not in modules | above and not _holds_code(path)}
    files = {path for path in reads.opened if counts(path) and not os.path.isdir(path)}  # noqa: PTH112
    return files, folders


def _is_data(path: str, project: str) -> bool:
    if path.endswith(_CODE) or any(part in path for part in _INSTALLED):
        return False
    if path == project or path.startswith(f"{project}/"):
        inside = path[len(project) + 1 :]
        return not inside.startswith((".", "conf/logging", "pyproject.toml"))
    libraries = (sys.prefix, sys.base_prefix, os.path.expanduser("~/.cache"), *_SYSTEM)  # noqa: PTH111  text is compared
    is_of_system = path.startswith(tuple(f"{library}/" for library in libraries)) and not path.startswith(f"{_MEMORY}/")
    return not is_of_system and not _is_passing(path)


def _is_passing(path: str) -> bool:
    """Whether a path is a folder of temporary files, or was in one for the time of a run."""
    folders = (tempfile.gettempdir(), _MEMORY)
    return path in folders or (path.startswith(tuple(f"{folder}/" for folder in folders)) and not os.path.exists(path))  # noqa: PTH110


def _holds_code(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "__init__.py"))  # noqa: PTH110, PTH118  called for many folders


_is_installed = threading.Event()


def _install() -> None:
    if not _is_installed.is_set():
        _is_installed.set()
        sys.addaudithook(_notice)


def _notice(event: str, arguments: tuple[object, ...]) -> None:
    """Notes a file or folder; called for everything that Python announces, so the usual case comes first."""
    if not _running or event not in {"open", "os.listdir", "os.scandir"} or threading.get_ident() in _aside:
        return
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if path is None:
        path = "."
    if not isinstance(path, str):  # a descriptor was opened before
        return
    name = os.path.abspath(path)  # noqa: PTH100  no detour through objects here
    own = _running.get(threading.get_ident())
    for reads in (own,) if own is not None else tuple(_running.values()):
        if event != "open":
            reads.listed.add(name)
        elif _is_writing(arguments[1:]):
            reads.written.add(name)
        else:
            reads.opened.add(name)


def _is_writing(arguments: tuple[object, ...]) -> bool:
    mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITING)
