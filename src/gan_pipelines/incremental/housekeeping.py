"""Looking after what is remembered: verifying it, and removing what nobody needs any more."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gan_pipelines.incremental.digests import MISSING
from gan_pipelines.incremental.locks import locked
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.workplace import RESULTS


@dataclass
class Verification:
    """What was found when everything was read again.

    Args:
        files: How many were read.
        bytes: How large they are together.
        damaged: Each file that is not what was written, with ``path``, ``what`` it is and what was ``found``.
    """

    files: int = 0
    bytes: int = 0
    damaged: list[dict[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Returns the findings as JSON."""
        return asdict(self)


def verify(store: Store, project: Path) -> Verification:
    """Reads every remembered output on the disk and every file in the store again; nothing is taken on trust."""
    found = Verification()
    expected = [*_outputs(store, project), *_blobs(store)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        digests = pool.map(_sha256, [path for path, _, _ in expected])
        for (path, sha256, what), (actual, size) in zip(expected, digests, strict=True):
            found.files += 1
            found.bytes += size
            if actual != sha256:
                is_missing = actual == MISSING
                name = str(path.relative_to(project) if path.is_relative_to(project) else path)
                found.damaged.append({"path": name, "what": what, "found": MISSING if is_missing else "other content"})
    return found


@dataclass
class Collection:
    """What a removal of old results did, or would do.

    Args:
        removed: How many files.
        freed_bytes: Their size.
        kept: How many stay.
        kept_bytes: Their size.
        dry_run: Whether nothing was done.
    """

    removed: int = 0
    freed_bytes: int = 0
    kept: int = 0
    kept_bytes: int = 0
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        """Returns the account as JSON."""
        return asdict(self)


def collect(store: Store, project: Path, keep_runs: int, dry_run: bool) -> Collection:
    """Removes results that neither the present outputs, the newest runs nor the pinned ones need.

    Runs wait until it is done, and it waits for runs.

    Args:
        store: What is remembered.
        project: The project's folder.
        keep_runs: How many of the newest runs keep their results.
        dry_run: Only count.
    """
    account = Collection(dry_run=dry_run)
    with locked(store.shared / "locks", () if dry_run else (RESULTS,), ()):
        runs = store.runs()
        kept_runs = {str(run["run"]): run for run in [*runs[:keep_runs], *store.pins()]}
        needed = {tuple(pair) for run in kept_runs.values() for pair in run.get("traces", {}).values()}
        needed |= {(pointer.get("key"), pointer.get("trace")) for pointer in store.latest_pointers()}
        blobs: set[str] = set()
        scratch: set[str] = set()
        for path, trace in store.all_traces():
            is_needed = trace is not None and (trace.key, trace.identity) in needed
            if trace is not None and is_needed:
                blobs |= trace.blobs().keys()
                scratch |= {*trace.scratch}
            _sort(account, path, is_needed)
        for path in _files(store.shared / "blobs"):
            _sort(account, path, path.name in blobs)
        for run in runs[keep_runs:]:
            if str(run["run"]) not in kept_runs:
                _sort(account, store.shared / "runs" / f"{run['run']}.json", False)
        oldest = min(kept_runs, default="")
        _collect_scratch(account, store, project, scratch, oldest)
    return account


def _collect_scratch(account: Collection, store: Store, project: Path, needed: set[str], oldest: str) -> None:
    """Removes unfinished work of finished nodes whose results are gone, and of runs older than the oldest one kept."""
    for note_file, note in store.scratch():
        folder = project / str(note["place"]) / str(note["name"])
        is_needed = note["name"] in needed or str(note["run"]) >= oldest
        for path in list(_files(folder)):
            _sort(account, path, is_needed)
        if not is_needed:
            _sort(account, note_file, False)
            if not account.dry_run:
                shutil.rmtree(folder, ignore_errors=True)


def _sort(account: Collection, path: Path, is_needed: bool) -> None:
    with suppress(OSError):
        size = path.stat().st_size
        if is_needed:
            account.kept += 1
            account.kept_bytes += size
            return
        if not account.dry_run:
            path.unlink()
            with suppress(OSError):
                path.parent.rmdir()  # if nothing else is in it
        account.removed += 1
        account.freed_bytes += size


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _outputs(store: Store, project: Path) -> Iterator[tuple[Path, str, str]]:
    """Yields each file that a node's outputs consist of, with the digest that it should have."""
    for pointer in store.latest_pointers():
        trace = next((t for t in store.traces(str(pointer.get("key"))) if t.identity == pointer.get("trace")), None)
        places = pointer.get("places") or {}
        for slot, output in trace.outputs.items() if trace else ():
            path = project / str(places.get(slot, ""))
            for suffix, stored in output.files.items():
                file = path / suffix[1:] if suffix.startswith("/") else path.with_name(path.name + suffix)
                yield file, stored.sha256, "output"


def _blobs(store: Store) -> Iterable[tuple[Path, str, str]]:
    return ((path, path.name, "blob") for path in _files(store.shared / "blobs") if not path.name.startswith(".tmp-"))


def _sha256(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size
    except OSError:
        return MISSING, 0
