"""Readers-writer locks on datasets between runs in different processes."""

import hashlib
import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from gan_pipelines.incremental.files import read_json, write_json
from gan_pipelines.incremental.options import LOGGER

logger = logging.getLogger(LOGGER)

_POLL_SECONDS = 0.05


@contextmanager
def locked(folder: Path, written: Iterable[str], read: Iterable[str]) -> Iterator[None]:
    """Holds exclusive locks on `written` and shared locks on `read`; waits while another run holds a conflicting one.

    Each run writes its names to a record in `folder` and holds a file lock next to it, which the operating system
    releases if the run is killed. If the folder is read-only, nothing is locked.

    Args:
        folder: Folder of the records and lock files.
        written: Names that the run may write.
        read: Names that the run only reads.
    """
    wanted = {"process": os.getpid(), "written": sorted(map(_hashed, written)), "read": sorted(map(_hashed, read))}
    record = folder / f"{os.getpid()}-{time.time_ns()}.json"
    own = FileLock(record.with_suffix(".lock"))
    if wanted["written"] or wanted["read"]:
        with suppress(OSError, NotImplementedError):  # the latter from file systems without locks
            folder.mkdir(parents=True, exist_ok=True)
            _acquire(folder, own, record, wanted)
    try:
        yield
    finally:
        if own.is_locked:
            _remove(record, own)


def _acquire(folder: Path, own: FileLock, record: Path, wanted: dict[str, Any]) -> None:
    """Waits until no other run conflicts, and writes the record."""
    is_announced = False
    while True:
        with FileLock(folder / "entering.lock"):
            other = next((each for each in _live_records(folder) if _conflicts(each, wanted)), None)
            if other is None:
                own.acquire()
                write_json(record, wanted)
                return
        if not is_announced:
            is_announced = True
            logger.warning(
                "Another run (process %s) uses the same datasets; waiting for it to end (Ctrl-C to cancel).",
                other.get("process"),
            )
        time.sleep(_POLL_SECONDS)


def _live_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yields the records of live runs, and removes those of dead ones."""
    for record in sorted(folder.glob("*.json")):
        lock = FileLock(record.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            content = read_json(record)
            if isinstance(content, dict):
                yield content
        else:
            _remove(record, lock)


def _remove(record: Path, lock: FileLock) -> None:
    record.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):
        record.with_suffix(".lock").unlink(missing_ok=True)


def _conflicts(other: dict[str, Any], wanted: dict[str, Any]) -> bool:
    written, touched = {*wanted["written"]}, {*wanted["written"], *wanted["read"]}
    return bool(touched.intersection(other.get("written", ())) or written.intersection(other.get("read", ())))


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]
