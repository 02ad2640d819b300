"""Checkpoints: one folder each, written whole or not at all, verified before it is read.

A checkpoint ``step-000001234/`` holds ``arrays.npz`` (by path, independent of the backend), ``record.json`` and
``manifest.json`` with size and SHA-256 of both. It is written under a temporary name, flushed to the disk and renamed,
so that a process killed at any moment leaves the previous checkpoint intact.
"""

import hashlib
import json
import logging
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.disk import flush_to_disk
from gan_pipelines.errors import UserError

logger = logging.getLogger(__name__)

_FOLDER_NAME = re.compile(r"step-(\d{9})")
_FILES = ("arrays.npz", "record.json")


@dataclass(frozen=True)
class Checkpoint:
    """State of a training after a step.

    Args:
        step: Number of completed steps.
        arrays: State that the next step depends on, and the logs and recordings so far, by path.
        record: Other values that are needed to resume; JSON.
    """

    step: int
    arrays: Mapping[str, NDArray[Any]]
    record: Mapping[str, Any]


class CheckpointStore:
    """The checkpoints of one training.

    Args:
        folder: Folder of the checkpoints; created when first needed.
        kept: Number of intact checkpoints to keep, the newest ones; the last one written is always kept.
    """

    def __init__(self, folder: Path, kept: int = 2) -> None:
        self.folder = folder
        self._kept = kept

    def within(self, name: str) -> "CheckpointStore":
        """Returns the store of a part of the training, in a sub-folder."""
        return CheckpointStore(self.folder / name, self._kept)

    def prepare(self) -> None:
        """Removes temporary files of an interrupted save and checks that checkpoints can be written.

        Raises:
            UserError: If the folder is not writable; checked before training starts.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for leftover in self.folder.glob(".tmp-*"):
                shutil.rmtree(leftover)
            probe = self._temporary()
            probe.mkdir()
            probe.rmdir()
        except OSError as error:
            raise UserError(
                f"Checkpoints cannot be written to {self.folder}: {error.strerror or error}. "
                "Make the folder writable or point the catalog entry to another one."
            ) from error

    def save(self, checkpoint: Checkpoint) -> None:
        """Writes a checkpoint, then removes damaged checkpoints and all but the newest intact ones.

        Raises:
            UserError: If it cannot be written, for example because the disk is full, or if an old checkpoint cannot be
                removed.
        """
        temporary = self._temporary()
        final = self.folder / f"step-{checkpoint.step:09d}"
        try:
            temporary.mkdir(parents=True)
            _write_files(temporary, checkpoint)
            if final.exists():
                self._discard(final)
            temporary.rename(final)
            flush_to_disk(self.folder)
        except OSError as error:
            shutil.rmtree(temporary, ignore_errors=True)
            raise UserError(
                f"The checkpoint {final} cannot be written: {error.strerror or error}. Earlier checkpoints are "
                "intact. Fix the cause and run the same command again."
            ) from error
        self._rotate(final)

    def latest(self) -> Checkpoint | None:
        """Reads the newest intact checkpoint; returns None if there are no checkpoints.

        Raises:
            UserError: If all checkpoints are damaged.
        """
        problems = []
        for folder in reversed(self._folders()):
            problem = _problem(folder)
            if problem is None:
                return _read(folder)
            logger.warning("Checkpoint %s is damaged (%s); trying the previous one.", folder, problem)
            problems.append(f"{folder} ({problem})")
        if problems:
            raise UserError(
                f"All checkpoints are damaged: {'; '.join(problems)}. To train from the start, delete {self.folder}."
            )
        return None

    def sub_store(self, name: str) -> "CheckpointStore":
        """Returns the store in a subfolder, for a training that cannot use these checkpoints."""
        return CheckpointStore(self.folder / name, self._kept)

    def clear(self) -> None:
        """Removes every checkpoint.

        Raises:
            UserError: If a checkpoint cannot be removed.
        """
        for folder in self._folders():
            self._discard(folder)

    def _rotate(self, written: Path) -> None:
        """Removes damaged checkpoints and all but the newest intact ones."""
        others = [folder for folder in self._folders() if folder != written]
        intact = (folder for folder in reversed(others) if _problem(folder) is None)
        kept = {*islice(intact, max(0, self._kept - 1))}
        for folder in others:
            if folder not in kept:
                self._discard(folder)

    def _discard(self, folder: Path) -> None:
        """Removes a checkpoint. It is renamed first, so that a killed process leaves no partial checkpoint."""
        temporary = self._temporary()
        try:
            folder.rename(temporary)
        except OSError as error:
            raise UserError(
                f"The checkpoint {folder} cannot be removed: {error.strerror or error}. Make {self.folder} writable or "
                "delete the checkpoint manually, then run the same command again."
            ) from error
        shutil.rmtree(temporary, ignore_errors=True)

    def _temporary(self) -> Path:
        return self.folder / f".tmp-{uuid4().hex}"

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(folder for folder in self.folder.iterdir() if _FOLDER_NAME.fullmatch(folder.name))


def _write_files(folder: Path, checkpoint: Checkpoint) -> None:
    arrays, record = (folder / name for name in _FILES)
    with arrays.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **checkpoint.arrays)
    record.write_text(json.dumps({"step": checkpoint.step, **checkpoint.record}, indent=1), "utf8")
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({path.name: _fingerprint(path) for path in (arrays, record)}, indent=1), "utf8")
    for path in (arrays, record, manifest, folder):
        flush_to_disk(path)


def _read(folder: Path) -> Checkpoint:
    record = json.loads((folder / "record.json").read_text("utf8"))
    with np.load(folder / "arrays.npz", allow_pickle=False) as archive:
        arrays = {path: archive[path] for path in archive.files}
    return Checkpoint(record.pop("step"), arrays, record)


def _problem(folder: Path) -> str | None:
    """Returns a description of the damage to a checkpoint; None if it is intact."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf8"))
        for name in _FILES:
            if manifest[name] != _fingerprint(folder / name):
                return f"{name} is not what was written"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (OSError, ValueError, KeyError, TypeError):
        return "manifest.json cannot be read"
    return None


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
