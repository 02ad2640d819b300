"""The folder of a training's checkpoints as a catalog entry."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from gan_pipelines.training.checkpoint import CheckpointStore


class CheckpointsDataset(AbstractDataset[NoReturn, CheckpointStore]):
    """Hands the training node a store to which it writes by itself.

    A training's unfinished work is not a node's output: it must survive the node's being killed. Each training has a
    folder of its own below this one, so that none goes on from another's checkpoints.

    Args:
        filepath: The folder.
        kept: How many of the newest checkpoints stay.
        metadata: Read by incremental runs.
    """

    def __init__(self, *, filepath: str, kept: int = 2, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(filepath)
        self._kept = kept
        self._training = ""
        self.metadata = metadata

    def use_folder(self, name: str) -> None:
        """Chooses the folder of one training, before it begins."""
        self._training = name

    def load(self) -> CheckpointStore:
        """Returns the store; its folder is made when training begins."""
        return CheckpointStore(self._folder / self._training, self._kept)

    def save(self, data: NoReturn) -> None:
        """Refuses: only a training writes checkpoints."""
        raise DatasetError(f"Checkpoints are written by a training, not saved as a whole: {data!r}")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._folder), "kept": self._kept}
