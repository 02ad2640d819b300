"""What happens in the middle of a run: an edit, a full disk, or a `kill -9`.

It is done from an audit hook: Python announces each file that it opens or renames, and the toy's nodes their calls.
"""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

Hook = Callable[[str, tuple[Any, ...]], None]
"""Takes the name of an audit event and its arguments."""


def at_call(node: str, action: Callable[[], object]) -> Hook:
    """Does something when a node is called, before it does anything."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "toy.call" and arguments[0] == node:
            action()

    return hook


def elsewhere(action: Callable[[], object]) -> Callable[[], None]:
    """Does something in another process, as a user's editor would, and waits until it is done."""

    def act() -> None:
        pid = os.fork()
        if not pid:
            try:
                action()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    return act


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def changed_path(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The path that is about to be written, renamed, made or removed; None for any other event."""
    if event == "open":
        path, _, flags = arguments
        is_writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        return os.path.abspath(path) if isinstance(path, str) and is_writing else None  # noqa: PTH100 - must open nothing
    if event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime", "os.truncate", "os.link"}:
        return os.path.abspath(os.fsdecode(arguments[0])) if not isinstance(arguments[0], int) else None  # noqa: PTH100
    return None


def at_change(belonging: Callable[[str], bool], action: Callable[[int], object]) -> Hook:
    """Does something, given a number from 0 on, at each change of a file whose path belongs."""
    number = iter(range(10**9))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        path = changed_path(event, arguments)
        if path is not None and belonging(path):
            action(next(number))

    return hook
