"""Dataset of the checkpoint folder of a training."""

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from gan_pipelines.training.checkpoint import CheckpointStore


class CheckpointsDataset(AbstractDataset[NoReturn, CheckpointStore]):
    """Loads a `CheckpointStore`, to which the training node writes directly.

    Checkpoints are not a node output, because they must survive if the node is killed. Each training has its own
    subfolder, so that it does not resume from the checkpoints of another training.

    Args:
        filepath: Path of the folder.
        kept: Number of newest checkpoints to keep.
        metadata: Read by incremental runs.
    """

    def __init__(self, *, filepath: str, kept: int = 2, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(filepath)
        self._kept = kept
        self._training = ""
        self.metadata = metadata

    def use_folder(self, name: str) -> None:
        """Sets the subfolder of the training; called before training starts."""
        self._training = name

    def load(self) -> CheckpointStore:
        """Returns the store; its folder is created when training starts."""
        return CheckpointStore(self._folder / self._training, self._kept)

    def save(self, data: NoReturn) -> None:
        """Raises a `DatasetError`: only the training node writes checkpoints."""
        raise DatasetError(
            f"Checkpoints are written by the training node; found data to save: {data!r}. Use this dataset only as "
            "a node input."
        )

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._folder), "kept": self._kept}
