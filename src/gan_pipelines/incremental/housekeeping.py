"""Verification and garbage collection of the store."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gan_pipelines.incremental.digests import MISSING
from gan_pipelines.incremental.locks import locked
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.store import RESULTS, Store


@dataclass
class Verification:
    """Number and total size of the files read; ``path``, ``what`` and ``found`` of each damaged one."""

    files: int = 0
    bytes: int = 0
    damaged: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Collection:
    """Number and total size of removed (in a dry run: removable) and kept files."""

    removed: int = 0
    freed_bytes: int = 0
    kept: int = 0
    kept_bytes: int = 0
    dry_run: bool = False


def verify(store: Store, project: Path) -> Verification:
    """Computes the SHA-256 of every recorded output and of every file in the store, without the digest cache."""
    found = Verification()
    blobs = ((path, path.name, "blob") for path in _files(store.shared / "blobs") if not path.name.startswith(".tmp-"))
    expected = [*_outputs(store, project), *blobs]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        digests = pool.map(_sha256, [path for path, _, _ in expected])
        for (path, sha256, what), (actual, size) in zip(expected, digests, strict=True):
            found.files += 1
            found.bytes += size
            if actual != sha256:
                name = str(path.relative_to(project) if path.is_relative_to(project) else path)
                problem = MISSING if actual == MISSING else "other content"
                found.damaged.append({"path": name, "what": what, "found": problem})
    return found


def _outputs(store: Store, project: Path) -> Iterator[tuple[Path, str, str]]:
    """Yields each output file of the nodes' latest traces with its expected SHA-256."""
    for pointer in store.latest_pointers().values():
        trace = store.trace_of(pointer)
        places = pointer.get("places") or {}
        for slot, output in trace.outputs.items() if trace else ():
            for suffix, stored in output.files.items():
                yield Files.file(project / str(places.get(slot, "")), suffix), stored.sha256, "output"


def _sha256(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size
    except OSError:
        return MISSING, 0


def collect(store: Store, project: Path, keep_runs: int, dry_run: bool) -> Collection:
    """Removes results that neither current outputs, the newest `keep_runs` runs nor pinned runs need.

    Excludes concurrent runs, unless it is a dry run.
    """
    result = Collection(dry_run=dry_run)
    with locked(store.shared / "locks", () if dry_run else (RESULTS,), ()):
        for path, is_needed in [*_stored_files(store, project, keep_runs)]:
            with suppress(OSError):
                size = path.stat().st_size
                if is_needed:
                    result.kept += 1
                    result.kept_bytes += size
                    continue
                if not dry_run:
                    path.unlink()
                result.removed += 1
                result.freed_bytes += size
            if not dry_run:
                with suppress(OSError):
                    os.removedirs(path.parent)  # if empty
    return result


def _stored_files(store: Store, project: Path, keep_runs: int) -> Iterator[tuple[Path, bool]]:
    """Yields each file of the store and of scratch folders, and whether it is needed."""
    runs = store.runs()
    newest = dict([*runs.items()][max(len(runs) - keep_runs, 0) :])
    kept = [*newest.values(), *store.pins().values()]
    needed = {tuple(pair) for run in kept for pair in run.get("traces", {}).values()}
    needed |= {(pointer["key"], pointer["trace"]) for pointer in store.latest_pointers().values()}
    traces = store.all_traces()
    kept_traces = {path: t for path, t in traces.items() if t is not None and (t.key, t.identity) in needed}
    blobs = {sha256 for trace in kept_traces.values() for sha256 in trace.blobs()}
    yield from ((path, path in kept_traces) for path in traces)
    yield from ((path, path.name in blobs) for path in _files(store.shared / "blobs"))
    pinned = {str(run["run"]) for run in kept}
    yield from ((path, False) for path, run in runs.items() if path not in newest and str(run["run"]) not in pinned)
    # A killed run has no record in `runs`: its scratch folders are kept while it is newer than the oldest kept run.
    oldest = min((str(run["run"]) for run in newest.values()), default="") if len(runs) > len(newest) else ""
    scratch = {name for trace in kept_traces.values() for name in trace.scratch}
    for path, record in store.scratch().items():
        is_needed = record["name"] in scratch or str(record["run"]) >= oldest
        yield from ((file, is_needed) for file in _files(project / str(record["place"]) / str(record["name"])))
        if not is_needed:
            yield path, False


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
