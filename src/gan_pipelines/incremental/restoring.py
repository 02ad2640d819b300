"""Bringing outputs back from the store, and clearing folders before they are written."""

import logging
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from gan_pipelines.incremental.digests import Digests
from gan_pipelines.incremental.options import LOGGER
from gan_pipelines.incremental.storage import Files
from gan_pipelines.incremental.store import Store
from gan_pipelines.incremental.traces import Output

logger = logging.getLogger(LOGGER)


class Restorer:
    """Puts the outputs of nodes in place.

    Args:
        store: Where they come from.
        digests: Of files.
        save_version: The version under which this run saves.
        foreign: Paths of the other catalog entries; files there are never touched.
    """

    def __init__(self, store: Store, digests: Digests, save_version: str, foreign: Collection[Path]) -> None:
        self._store = store
        self._digests = digests
        self._save_version = save_version
        self._foreign = frozenset(foreign)

    def restore(self, storage: Files, output: Output) -> None:
        """Makes what lies at an output's path equal, byte for byte, to what a node left there.

        A versioned output gets a new version; earlier ones stay as they are.

        Raises:
            OSError: A file cannot be written, or is write-protected.
            ValueError: The store's copy of a file is damaged.
        """
        newest = storage.newest()
        wanted = {suffix: stored.sha256 for suffix, stored in output.files.items()}
        if self._found(storage, newest) == wanted:
            return
        target = storage.version(self._save_version)
        for suffix, sha256 in wanted.items():
            file = storage.file(target, suffix)
            if self._digests.sha256(file) != sha256:
                if file.exists() and not os.access(file, os.W_OK):
                    raise PermissionError(f"{file} is write-protected")
                file.parent.mkdir(parents=True, exist_ok=True)
                self._store.take(sha256, file.resolve())  # a link stays one
        if not storage.is_versioned:
            self._remove_all_but(storage, wanted.keys(), wanted)

    def clear(self, storage: Files, former: Output | None) -> None:
        """Empties a folder before its node runs, so that nothing of an earlier run is left among what it writes.

        Args:
            storage: Where the output lies.
            former: What the node left there the last time.
        """
        if not storage.is_versioned and storage.base.is_dir():
            known = {suffix: stored.sha256 for suffix, stored in former.files.items()} if former else {}
            self._remove_all_but(storage, (), known)

    def _found(self, storage: Files, path: Path | None) -> dict[str, str]:
        return {suffix: self._digests.sha256(file) for suffix, file in storage.listing(path).items()}

    def _remove_all_but(self, storage: Files, kept: Collection[str], known: Mapping[str, str]) -> None:
        """Removes the files of a folder that are in the store, and moves all others aside: nothing is lost."""
        for suffix, file in storage.listing(storage.base).items():
            if suffix in kept or not suffix.startswith("/") or self._is_foreign(file, storage.base):
                continue
            sha256 = self._digests.sha256(file)
            if sha256 == known.get(suffix) and self._store.holds(sha256):
                file.unlink()
                continue
            aside = self._store.folder / "removed" / self._save_version / storage.base.name / suffix[1:]
            aside.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, aside)
            logger.warning("%s is no part of what its node makes; it was moved to %s.", file, aside)

    def _is_foreign(self, file: Path, base: Path) -> bool:
        return any(path in self._foreign and path != base for path in (file, *file.parents))
