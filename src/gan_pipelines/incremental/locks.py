"""Runs that touch the same datasets follow one another."""

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

_SECONDS_BETWEEN_LOOKS = 0.05


@contextmanager
def locked(folder: Path, written: Iterable[str], read: Iterable[str]) -> Iterator[None]:
    """Holds what a run writes for itself alone, and what it reads together with others that only read.

    Each run records in a file what it touches, and holds the operating system's lock on another of the same name, so
    that the record of a killed run counts no more. In a read-only folder there is nothing to protect.

    Args:
        folder: Of these files.
        written: Names of what the run may write.
        read: Names of what it reads and does not write.
    """
    wanted = {"process": os.getpid(), "written": sorted(map(_short, written)), "read": sorted(map(_short, read))}
    record = folder / f"{os.getpid()}-{time.time_ns()}.json"
    own = FileLock(record.with_suffix(".lock"))
    if wanted["written"] or wanted["read"]:
        with suppress(OSError, NotImplementedError):
            folder.mkdir(parents=True, exist_ok=True)
            _enter(folder, own, record, wanted)
    try:
        yield
    finally:
        if own.is_locked:
            _remove(record, own)


def _enter(folder: Path, own: FileLock, record: Path, wanted: dict[str, Any]) -> None:
    """Waits until no other run touches the same, and records what this one does."""
    is_announced = False
    while True:
        with FileLock(folder / "entering.lock"):
            other = next((each for each in _others(folder) if _is_in_the_way(each, wanted)), None)
            if other is None:
                own.acquire()
                write_json(record, wanted)
                return
        if not is_announced:
            is_announced = True
            logger.warning(
                "Another run (process %s) works on the same datasets; waiting for it to end (Ctrl-C to give up).",
                other.get("process"),
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _others(folder: Path) -> Iterator[dict[str, Any]]:
    """Yields the records of runs that are alive; what dead ones left is removed."""
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


def _is_in_the_way(other: dict[str, Any], wanted: dict[str, Any]) -> bool:
    written, touched = {*wanted["written"]}, {*wanted["written"], *wanted["read"]}
    return bool(touched.intersection(other.get("written", ())) or written.intersection(other.get("read", ())))


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]
