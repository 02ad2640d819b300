"""Runs that touch the same datasets follow one another."""

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gan_pipelines.incremental.options import LOGGER

logger = logging.getLogger(LOGGER)

_LONGEST_NOTE = 4096


@contextmanager
def locked(folder: Path, written: Iterable[str], read: Iterable[str]) -> Iterator[None]:
    """Holds what a run writes for itself alone, and what it reads together with others that only read.

    The locks are the operating system's, so that those of a killed process are free. They are taken in one order,
    which keeps two runs from waiting for each other. Where no lock can be made, in a folder that is read-only, there is
    nothing to protect.

    Args:
        folder: Of the lock files.
        written: Names of what the run may write.
        read: Names of what it reads and does not write.
    """
    modes = {**dict.fromkeys(read, fcntl.LOCK_SH), **dict.fromkeys(written, fcntl.LOCK_EX)}
    with ExitStack() as stack:
        if modes:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(modes):
            stack.enter_context(_lock(folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.lock", modes[name]))
        yield


@contextmanager
def _lock(path: Path, mode: int) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        yield
        return
    try:
        _acquire(descriptor, mode)
        if mode == fcntl.LOCK_EX:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"process": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, mode: int) -> None:
    """Waits for a lock, and says for whom.

    Locks of this kind are not inherited by processes that a run starts, which may outlive it.
    """
    try:
        fcntl.lockf(descriptor, mode | fcntl.LOCK_NB)
    except OSError:
        logger.warning(
            "Another run%s works on the same datasets; waiting for it to end (Ctrl-C to give up).", _owner(descriptor)
        )
        fcntl.lockf(descriptor, mode)


def _owner(descriptor: int) -> str:
    with suppress(ValueError, OSError, KeyError, TypeError):
        note = json.loads(os.pread(descriptor, _LONGEST_NOTE, 0))
        return f" (process {int(note['process'])})"
    return ""
