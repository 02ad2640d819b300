"""Looking after what is remembered: verifying it, and removing what nobody needs any more."""

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
    """How many files were read, how large they are, and ``path``, ``what`` and ``found`` of each that is damaged."""

    files: int = 0
    bytes: int = 0
    damaged: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Collection:
    """How many files were removed, or would be, how many stay, and how large they are together."""

    removed: int = 0
    freed_bytes: int = 0
    kept: int = 0
    kept_bytes: int = 0
    dry_run: bool = False


def verify(store: Store, project: Path) -> Verification:
    """Reads every remembered output on the disk and every file in the store again; nothing is taken on trust."""
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
    """Yields each file that a node's outputs consist of, with the digest that it should have."""
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
    """Removes results that neither the present outputs, so many of the newest runs nor the pinned ones need.

    Runs wait until it is done, and it waits for runs; a dry run only counts.
    """
    account = Collection(dry_run=dry_run)
    with locked(store.shared / "locks", () if dry_run else (RESULTS,), ()):
        for path, is_needed in [*_remembered(store, project, keep_runs)]:
            with suppress(OSError):
                size = path.stat().st_size
                if is_needed:
                    account.kept += 1
                    account.kept_bytes += size
                    continue
                if not dry_run:
                    path.unlink()
                account.removed += 1
                account.freed_bytes += size
            if not dry_run:
                with suppress(OSError):
                    os.removedirs(path.parent)  # where nothing else is
    return account


def _remembered(store: Store, project: Path, keep_runs: int) -> Iterator[tuple[Path, bool]]:
    """Yields the files of what is remembered, with whether they are needed."""
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
    # Unfinished work is younger than every run that is forgotten: a killed run is none of those that are counted.
    oldest = min((str(run["run"]) for run in newest.values()), default="") if len(runs) > len(newest) else ""
    scratch = {name for trace in kept_traces.values() for name in trace.scratch}
    for path, note in store.scratch().items():
        is_needed = note["name"] in scratch or str(note["run"]) >= oldest
        yield from ((file, is_needed) for file in _files(project / str(note["place"]) / str(note["name"])))
        if not is_needed:
            yield path, False


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
