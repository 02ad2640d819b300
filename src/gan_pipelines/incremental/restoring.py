"""Bringing outputs back from the store, and clearing folders of what their nodes did not write.

A folder that is an output belongs to its node once a run of the node is remembered: what else lies there is not left
among the partitions. What the store has is deleted, anything else is moved aside, and nothing is lost.
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
"""The files in a folder, by what is added to its path."""


def restore(decider: Decider, storage: Files, output: Output) -> None:
    """Makes what lies at an output's path equal, byte for byte, to what a node left there.

    A versioned output gets a new version; earlier ones stay as they are. Raises OSError if a file cannot be written,
    and ValueError if the store's copy is damaged.
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
            decider.store.take(sha256, file.resolve())  # a link stays one
    _remove(decider, storage, storage.listing(target).keys() - wanted.keys())


def files_before(decider: Decider, node: Node) -> dict[str, Listing]:
    """Returns what lies in the folders that a node fills, by slot, before it runs.

    Left out are folders that belong to no earlier run of the node, and those that it reads as well.
    """
    if decider.store.latest(decider.record_name(node)) is None:
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
    """Removes what lay in the folders that a node fills before it ran, and was not written again."""
    for slot, listing in before.items():
        storage = decider.files(node)[slot]
        now = storage.listing(storage.base)
        _remove(decider, storage, [name for name, times in listing.items() if FileTimes.of(now.get(name)) == times])


def _remove(decider: Decider, storage: Files, suffixes: Collection[str]) -> None:
    foreign = _foreign_places(decider, storage.base) if suffixes else set()
    for suffix in suffixes:
        file = storage.file(storage.base, suffix)
        if not suffix.startswith("/") or storage.is_versioned or not foreign.isdisjoint({file, *file.parents}):
            continue
        if not file.resolve().is_relative_to(storage.base.resolve()):  # behind a link that leads out of the folder
            continue
        if decider.store.holds(decider.digests.sha256(file)):
            file.unlink()
            continue
        place = Path(decider.dependencies.project.name(file))
        aside = _free(decider.store.folder / "removed" / decider.save_version / place.relative_to(place.anchor))
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, aside)
        logger.warning("%s is no part of what its node makes; it was moved to %s.", file, aside)


def _foreign_places(decider: Decider, base: Path) -> set[Path]:
    """Returns the places in a folder that belong to other entries of the catalog, or of pipelines."""
    dependencies = decider.dependencies
    names = {*dependencies.catalog.keys(), *(name for each in pipelines.values() for name in each.datasets())}
    places = {dependencies.place(name) for name in sorted(names)} - {None, base, *base.parents}
    return {place for place in places if place is not None}


def _free(path: Path) -> Path:
    """Returns a path, with a number behind it if something lies there."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in itertools.count(1))
    return next(each for each in itertools.chain([path], numbered) if not os.path.lexists(each))
