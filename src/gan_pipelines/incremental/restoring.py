"""Bringing outputs back from the store, and clearing folders before they are written."""

import itertools
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from gan_pipelines.incremental.digests import Digests, FileTimes, settle
from gan_pipelines.incremental.options import LOGGER
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Output

logger = logging.getLogger(LOGGER)


class Restorer:
    """Puts the outputs of nodes in place.

    A folder that is an output belongs to its node once a run of the node is remembered: what else lies there is not
    left among the partitions. What the store has is deleted, anything else is moved aside, and nothing is lost.

    Args:
        store: Where outputs come from.
        digests: Of files.
        project: The project's folder.
        save_version: The version under which this run saves.
        foreign: Returns the paths of all other catalog entries; files there are never touched.
    """

    def __init__(
        self, store: Store, digests: Digests, project: Path, save_version: str, foreign: Callable[[], set[Path]]
    ) -> None:
        self._store = store
        self._digests = digests
        self._project = project
        self._save_version = save_version
        self._foreign = foreign

    def restore(self, storage: Files, output: Output) -> None:
        """Makes what lies at an output's path equal, byte for byte, to what a node left there.

        A versioned output gets a new version; earlier ones stay as they are.

        Raises:
            OSError: A file cannot be written, or is write-protected.
            ValueError: The store's copy of a file is damaged.
        """
        newest = storage.newest()
        wanted = {suffix: stored.sha256 for suffix, stored in output.files.items()}
        if {suffix: self._digests.sha256(file) for suffix, file in storage.listing(newest).items()} == wanted:
            return
        target = storage.version(self._save_version)
        for suffix, sha256 in wanted.items():
            file = storage.file(target, suffix)
            if self._digests.sha256(file) != sha256:
                if file.exists() and not os.access(file, os.W_OK):
                    raise PermissionError(f"{file} is write-protected")
                file.parent.mkdir(parents=True, exist_ok=True)
                self._store.take(sha256, file.resolve())  # a link stays one
        self._remove(storage, [suffix for suffix in storage.listing(target) if suffix not in wanted])

    def before(self, storage: Files) -> dict[str, FileTimes]:
        """Returns the files in an output's folder, to tell afterwards which of them a node wrote."""
        if storage.is_versioned or not storage.base.is_dir():
            return {}
        found = {suffix: FileTimes.of(file) for suffix, file in storage.listing(storage.base).items()}
        settle(max((times.changed for times in found.values()), default=0))
        return found

    def remove_unwritten(self, storage: Files, before: Mapping[str, FileTimes]) -> None:
        """Removes what lay in an output's folder before its node ran, and was not written again."""
        listing = storage.listing(storage.base)
        self._remove(storage, [name for name, times in before.items() if FileTimes.of(listing.get(name)) == times])

    def _remove(self, storage: Files, suffixes: Iterable[str]) -> None:
        below = [(suffix, storage.base / suffix[1:]) for suffix in suffixes if suffix.startswith("/")]
        for suffix, file in below:
            if storage.is_versioned or self._is_foreign(file, storage.base):
                continue
            if self._store.holds(self._digests.sha256(file)):
                file.unlink()
                continue
            aside = self._aside(file.relative_to(self._project) if file.is_relative_to(self._project) else suffix[1:])
            aside.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, aside)
            logger.warning("%s is no part of what its node makes; it was moved to %s.", file, aside)

    def _aside(self, name: Path | str) -> Path:
        """Returns a path that nothing has yet."""
        folder = self._store.folder / "removed" / self._save_version
        numbers = itertools.count(1)
        aside = folder / name
        while aside.exists():
            aside = folder / f"{next(numbers)}" / name
        return aside

    def _is_foreign(self, file: Path, base: Path) -> bool:
        """Whether a file belongs to another catalog entry, or lies behind a link out of the folder."""
        if not file.resolve().is_relative_to(base.resolve()):
            return True
        return bool(({file, *file.parents} - {base, *base.parents}) & self._foreign())
