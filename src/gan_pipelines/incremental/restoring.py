"""Restoring of outputs from the store, and removal of stale files from output folders.

Once a run of a node is recorded, its output folders belong to it, and other files in them are removed: deleted if the
store has a copy, else moved to ``.incremental/removed/``.
"""

import itertools
import logging
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from kedro.framework.project import pipelines
from kedro.pipeline.node import Node

from gan_pipelines.incremental.decider import Decider
from gan_pipelines.incremental.digests import FileTimes, settle
from gan_pipelines.incremental.options import LOGGER
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.traces import Output

logger = logging.getLogger(LOGGER)

Listing = dict[str, FileTimes]
"""Files in a folder by suffix of its path."""


def restore(decider: Decider, storage: Files, output: Output) -> None:
    """Restores an output byte for byte; a versioned one as a new version.

    Raises:
        OSError: If a file cannot be written.
        ValueError: If the stored file is damaged.
    """
    wanted = {suffix: stored.sha256 for suffix, stored in output.files.items()}
    if decider.found(storage) == wanted:
        return
    target = storage.version(decider.save_version)
    for suffix, sha256 in wanted.items():
        file = storage.file(target, suffix)
        if decider.digests.sha256(file) != sha256:
            if file.exists() and not os.access(file, os.W_OK):
                raise PermissionError(f"{file} is write-protected")
            file.parent.mkdir(parents=True, exist_ok=True)
            decider.store.take(sha256, file.resolve())  # keeps a link
    _remove(decider, storage, storage.listing(target).keys() - wanted.keys())


def files_before(decider: Decider, node: Node) -> dict[str, Listing]:
    """Returns the files in a node's output folders by slot, before it runs.

    Folders are left out if no run of the node is recorded, or if the node also reads them.
    """
    if not decider.store.has_latest(decider.record_name(node)):
        return {}
    read = [path for name in node.inputs if (path := decider.dependencies.place(name))]
    found = {
        slot: {suffix: FileTimes.of(file) for suffix, file in storage.listing(storage.base).items()}
        for slot, storage in decider.files(node).items()
        if not storage.is_versioned and storage.base.is_dir()
        if not any(path.is_relative_to(storage.base) for path in read)
    }
    settle(max((times.changed for listing in found.values() for times in listing.values()), default=0))
    return found


def remove_unwritten(decider: Decider, node: Node, before: dict[str, Listing]) -> None:
    """Removes files from a node's output folders that the node has not rewritten."""
    for slot, listing in before.items():
        storage = decider.files(node)[slot]
        now = storage.listing(storage.base)
        _remove(decider, storage, [name for name, times in listing.items() if FileTimes.of(now.get(name)) == times])


def _remove(decider: Decider, storage: Files, suffixes: Collection[str]) -> None:
    foreign = _paths_of_other_entries(decider, storage.base) if suffixes else set()
    for suffix in suffixes:
        file = storage.file(storage.base, suffix)
        if not suffix.startswith("/") or storage.is_versioned or not foreign.isdisjoint({file, *file.parents}):
            continue
        if not file.resolve().is_relative_to(storage.base.resolve()):  # behind a link out of the folder
            continue
        if decider.store.holds(decider.digests.sha256(file)):
            file.unlink()
            continue
        place = Path(decider.dependencies.project.name(file))
        target = _unused(decider.store.folder / "removed" / decider.save_version / place.relative_to(place.anchor))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target)
        logger.warning("%s is not an output of its folder's node; moved to %s.", file, target)


def _paths_of_other_entries(decider: Decider, base: Path) -> set[Path]:
    """Returns the paths of other datasets of the catalog or of pipelines, which may be inside a folder."""
    dependencies = decider.dependencies
    names = {*dependencies.catalog.keys(), *(name for each in pipelines.values() for name in each.datasets())}
    places = {dependencies.place(name) for name in sorted(names)} - {None, base, *base.parents}
    return {place for place in places if place is not None}


def _unused(path: Path) -> Path:
    """Returns a path, with a number appended if it exists."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in itertools.count(1))
    return next(each for each in itertools.chain([path], numbered) if not os.path.lexists(each))
