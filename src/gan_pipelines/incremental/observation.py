"""Observation of files read, code imported, unpickled or called, and processes started, by audit hooks.

Calls are observed from Python 3.12 on. Events are also recorded by the project's function or module that caused them,
because it may cache data that another node uses later. Files that the interpreter and packages read to load themselves
are left out; files that native libraries open are not seen.
"""

import atexit
import json
import os
import re
import shlex
import site
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path
from shutil import rmtree
from types import CodeType, FrameType
from typing import Any, Literal, NamedTuple, TypeAlias

_INSTALLED = tuple(
    {
        f"{os.path.realpath(folder)}{os.sep}"
        for folder in (
            *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
            *site.getsitepackages(),
            site.getusersitepackages(),
        )
    }
)
_PACKAGES = tuple(folder for folder in _INSTALLED if "-packages" in folder)
_PROGRAMS = tuple(
    f"{folder}{os.sep}"
    for folder in ("/bin", "/usr/bin", "/sbin", "/usr/sbin", *(f"{p}/bin" for p in {sys.prefix, sys.base_prefix}))
)
_SYSTEM = ("/proc/", "/sys/", "/dev/")
_MEMORY = "/dev/shm/"  # noqa: S108  user files, unlike the rest of /dev
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SPAWNING = re.compile(r"(^|\.)popen_(?!fork$)\w+$")
"""Modules of `multiprocessing` that start processes other than forks."""
_MONITOR = "incremental runs"

Role: TypeAlias = Literal["project", "package", "import", "message", "dataset", "node", "framework"]
"""Role of a source file; "message" reads source lines for tracebacks, the last three are parts of Kedro."""
_THIS_PACKAGE = f"{os.path.dirname(os.path.abspath(__file__))}{os.sep}"  # noqa: PTH100, PTH120
_TRACEBACK_READERS = ("/linecache.py", "/tokenize.py", "/inspect.py")
_KEDRO = "/site-packages/kedro/"
_PARTS_OF_KEDRO: dict[str, Role] = {"io": "dataset", "pipeline": "node", "runner": "node"}


class Code(NamedTuple):
    """A top-level function or class of a module, or ``<module>`` for its import."""

    file: str
    name: str


class Event(NamedTuple):
    """An observed event.

    Args:
        kind: read, listed, written, named (path in the command line of a program), code (unpickled), called, loaded (a
            module), package (loaded), asked (package that code tries to import), or relative (a path was).
        subject: A path, "module:name" or "file:name" of code, or a package.
        moment: Time in nanoseconds.
    """

    kind: str
    subject: str
    moment: int


Events: TypeAlias = dict[tuple[str, str], Event]
"""The first event of each kind and subject."""


@dataclass
class Observed:
    """Observations of a node's run.

    Args:
        events: Events of the node's thread, and of threads without a node.
        by_code: Events since the start of the process, by code of the project.
        loaded: Top-level modules that are imported at the end.
        is_unseen: Whether it started processes that cannot be observed.
    """

    events: Events = field(default_factory=dict)
    by_code: dict[Code, Events] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    is_unseen: bool = False

    def note(self, event: Event) -> None:
        """Adds the first event of a kind and subject."""
        self.events.setdefault(event[:2], event)

    def subjects(self, wanted: str) -> set[str]:
        """Returns the subjects of a kind of event."""
        return {subject for kind, subject in self.events if kind == wanted}

    @property
    def written(self) -> set[str]:
        """Paths that were written."""
        return self.subjects("written")

    @property
    def named(self) -> set[str]:
        """Words of command lines as paths, which may or may not exist."""
        return self.subjects("named")

    @property
    def is_relative(self) -> bool:
        """Whether a path was relative to the working directory."""
        return bool(self.subjects("relative"))


_running: dict[int, Observed] = {}
"""Observations by the id of the thread that runs the node."""
_unobserved: set[int] = set()
"""Ids of threads that currently work for the runner."""
_by_code: dict[Code, Events] = {}


@contextmanager
def observed() -> Iterator[Observed]:
    """Collects the events of this thread; those of threads without a node are added to all running nodes."""
    install()
    found = Observed()
    processes, reports = _count_processes(), _forks.reports()
    _running[threading.get_ident()] = found
    _watch_calls()
    try:
        yield found
    finally:
        del _running[threading.get_ident()]
        for path, lines in _forks.reports().items():
            for line in lines[len(reports.get(path, ())) :]:
                kind, subject = json.loads(line)
                found.note(Event(kind, subject, time.time_ns()))
        # Copies, because threads that are still running may add events.
        found.events = found.events.copy()
        found.by_code = {code: events.copy() for code, events in _by_code.copy().items()}
        found.loaded = {name.partition(".")[0] for name in tuple(sys.modules)} | found.subjects("package")
        found.is_unseen = processes != _count_processes() and any(map(_SPAWNING.search, tuple(sys.modules)))


@contextmanager
def unobserved() -> Iterator[None]:
    """Ignores the events of this thread, which works for the runner."""
    _unobserved.add(threading.get_ident())
    try:
        yield
    finally:
        _unobserved.discard(threading.get_ident())


@cache
def install() -> None:
    """Installs the hooks once; earlier imports are not observed."""
    sys.addaudithook(_audit)
    _watch_calls()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_forks.before, after_in_child=_forks.after)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Handles an audit event; called for every event, so unhandled ones return first."""
    handler = _HANDLERS.get(event)
    if handler is not None and threading.get_ident() not in _unobserved:
        handler(event, arguments, sys._getframe(1))


def _note(kind: str, subject: str, code: Code | None = None) -> None:
    """Records an event for the running nodes, for the code that caused it, and for parent processes."""
    event = Event(kind, subject, time.time_ns())
    own = _running.get(threading.get_ident())
    for found in [own] if own is not None and kind != "called" else [*_running.values()]:  # calls are reported once
        found.note(event)
    if code is not None:
        _by_code.setdefault(code, {}).setdefault((kind, subject), event)
    _forks.report(kind, subject)


def _on_file(event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
    path = arguments[1 if event == "os.rename" else 0]
    path = "." if path is None and event != "open" else path
    if not isinstance(path, str | bytes):  # a file descriptor
        return
    text = os.fsdecode(path)
    name = os.path.abspath(text)  # noqa: PTH100  fast
    if _is_installed_code(name):
        _on_package_file(name)
    elif name.startswith(_SYSTEM) and not name.startswith(_MEMORY):
        return
    elif event == "os.rename" or (event == "open" and _is_writing(*arguments[1:])):
        _note("written", name)
    else:
        kind = "read" if event in {"open", "sqlite3.connect"} else "listed"
        _on_reading(kind, name, frame, is_relative=text != name)


def _on_package_file(name: str) -> None:
    folder = next(filter(name.startswith, _PACKAGES), None)
    if _running and folder is not None and name.endswith((".py", ".pyc", ".so", ".pyd")):
        _note("package", re.split(r"[.\\/]", name.removeprefix(folder))[0])


def _on_reading(kind: str, name: str, frame: FrameType, *, is_relative: bool) -> None:
    if _role(frame.f_code.co_filename) == "import":
        if kind == "read" and name.endswith((".py", ".pyc")):
            importing = (_top_level_code(code) for code in _callers(frame) if _role(code.co_filename) == "project")
            _note("loaded", _source_of(name), next(importing, None))
        return
    counts, code = _origin(frame)
    if counts:
        _note(kind, name, code)
        if is_relative:
            _note("relative", "")


def _is_writing(mode: object, flags: object) -> bool:
    by_mode = isinstance(mode, str) and any(letter in mode for letter in "wax+")
    return by_mode or (isinstance(flags, int) and bool(flags & _WRITING))


def _source_of(name: str) -> str:
    """Returns the source file of a bytecode file; other names unchanged."""
    with suppress(ValueError):
        return source_from_cache(name) if name.endswith(".pyc") else name
    return name


def _on_import(_: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
    """Records a package that the project's code imports, whether or not it is installed."""
    if isinstance(arguments[0], str) and _role(frame.f_code.co_filename) == "project":
        _note("asked", arguments[0].partition(".")[0], _top_level_code(frame.f_code))


def _on_unpickling(_: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
    module, name = str(arguments[0]), str(arguments[1])
    file = getattr(sys.modules.get(module), "__file__", None)
    if module not in sys.modules or (file is not None and _role(file) == "project"):
        _note("code", f"{module}:{name.partition('.')[0]}", _origin(frame)[1])


def _on_start(event: str, arguments: tuple[Any, ...], _: FrameType) -> None:
    """Records the paths in a program's command line."""
    words = arguments[{"os.system": 0, "os.spawn": 2}.get(event, 1)]
    folder = arguments[2] if event == "subprocess.Popen" else None
    place = os.fsdecode(folder) if folder is not None else os.getcwd()  # noqa: PTH109
    for word in _possible_paths([words] if isinstance(words, str | bytes | os.PathLike) else [*words]):
        path = os.path.normpath(os.path.join(place, word))  # noqa: PTH118
        if not path.startswith((*_PROGRAMS, *_INSTALLED)):
            _note("named", path)
            if folder is None and not os.path.isabs(word):  # noqa: PTH117
                _note("relative", "")


def _possible_paths(arguments: list[Any]) -> Iterator[str]:
    """Yields possible paths in a command line: arguments, words of shell commands, and values of options."""
    for argument in arguments:
        text = os.fsdecode(argument) if isinstance(argument, bytes | os.PathLike) else str(argument)
        words = [text]
        if any(letter in text for letter in " ;|<>&\"'"):
            with suppress(ValueError):
                lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
                lexer.whitespace_split = True
                words += lexer
        for word in words:
            yield word
            yield from word.split("=")[1:]


_HANDLERS: dict[str, Callable[[str, tuple[Any, ...], FrameType], None]] = {
    **dict.fromkeys(("open", "os.listdir", "os.scandir", "os.rename", "sqlite3.connect"), _on_file),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"), _on_start),
    "import": _on_import,
    "pickle.find_class": _on_unpickling,
}


def _origin(frame: FrameType | None) -> tuple[bool, Code | None]:
    """Returns whether a frame's reads are dependencies, and the innermost code of the project that may cache them."""
    found: Code | None = None
    for code in _callers(frame):
        role = _role(code.co_filename)
        if role == "message" or (role == "import" and found is None):  # a package or the standard library is loading
            return False, None
        if role == "project" and found is None:
            found = _top_level_code(code)
        elif role == "framework":
            return found is not None, found
        elif role in {"dataset", "node"}:
            return True, None if role == "dataset" else found
    return True, found


def _callers(frame: FrameType | None) -> Iterator[CodeType]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def _top_level_code(code: CodeType) -> Code:
    name = code.co_qualname.partition(".")[0]
    return Code(code.co_filename, "<module>" if name.startswith("<") else name)  # a comprehension, or a lambda


@cache
def _role(file: str) -> Role:
    if file.startswith("<frozen importlib"):
        return "import"
    path = os.path.realpath(file)
    name = path.replace(os.sep, "/")
    if name.endswith(_TRACEBACK_READERS) and path.startswith(_INSTALLED):
        return "message"
    if _KEDRO in name:
        return _PARTS_OF_KEDRO.get(name.partition(_KEDRO)[2].partition("/")[0], "framework")
    return "package" if file.startswith(("<", _THIS_PACKAGE)) or _is_installed_code(path) else "project"


def _is_installed_code(path: str) -> bool:
    """Whether a path is in an installed package other than the project's."""
    if not path.startswith(_INSTALLED):
        return False
    package = getattr(sys.modules.get("kedro.framework.project"), "PACKAGE_NAME", None)
    file = getattr(sys.modules.get(package or ""), "__file__", None)
    return file is None or not path.startswith(f"{os.path.dirname(file)}{os.sep}")  # noqa: PTH120


class _Forks:
    """Reports of forked processes; each appends events to a file named by the ids of its ancestors and itself."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._name = ""

    def before(self) -> None:
        """Creates the folder before the first fork."""
        if self._folder is None:
            with unobserved():
                self._folder = Path(tempfile.mkdtemp(prefix="observed-"))
            atexit.register(_remove, self._folder, os.getpid())

    def after(self) -> None:
        """Sets the report file of the forked process."""
        _unobserved.clear()
        self._name += f".{os.getpid()}"

    def report(self, kind: str, subject: str) -> None:
        """Reports an event to the parent processes, if any."""
        if self._folder is not None and self._name:
            with unobserved(), suppress(OSError), (self._folder / self._name).open("ab", buffering=0) as file:
                file.write(json.dumps([kind, subject]).encode() + b"\n")

    def reports(self) -> dict[Path, list[bytes]]:
        """Returns the reports of all descendants by file."""
        with unobserved():
            paths = sorted(self._folder.glob(f"{self._name}.*")) if self._folder is not None else []
            return {path: path.read_bytes().splitlines() for path in paths}


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:
        rmtree(folder, ignore_errors=True)


_forks = _Forks()


def _count_processes() -> str:
    """Returns the process counter of `multiprocessing` as text."""
    return repr(getattr(sys.modules.get("multiprocessing.process"), "_process_counter", ""))


def _watch_calls() -> None:
    """Enables reports of the next call of each function (from Python 3.12 on)."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return
    tools = [monitoring.get_tool(number) for number in range(6)]
    if _MONITOR not in tools:
        if None not in tools:
            return
        number = tools.index(None)
        monitoring.use_tool_id(number, _MONITOR)
        monitoring.register_callback(number, monitoring.events.PY_START, _on_call)
        monitoring.set_events(number, monitoring.events.PY_START)
    monitoring.restart_events()


def _on_call(code: CodeType, _: int) -> object:
    """Records a call, also by the calling code, which may cache its result."""
    if _role(code.co_filename) == "project" and threading.get_ident() not in _unobserved:
        called = _top_level_code(code)
        caller = _origin(sys._getframe(1).f_back)[1]
        _note("called", f"{called.file}:{called.name}", None if caller == called else caller)
    return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]
