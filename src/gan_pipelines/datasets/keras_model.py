"""Keras models as ``.keras`` files."""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kedro.io import Version

from gan_pipelines.datasets.archives import check_unpacked_size, fixed_member
from gan_pipelines.datasets.atomic_file import AtomicFileDataset

if TYPE_CHECKING:
    import keras

MAXIMUM_BYTES = 2**32
"""No model is read that unpacks to more: 4 GiB, some thousand million parameters; Keras's own guards start there."""

_METADATA = "metadata.json"
_DATE_SAVED = "1980-01-01@00:00:00"


class KerasModelDataset(AtomicFileDataset["keras.Model"]):
    """A Functional model that is not compiled: what it computes, not how it was trained.

    Equal models give equal bytes; Keras by itself stores the time at which it saves.

    Args:
        filepath: Ends in ``.keras``.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    SUFFIX: ClassVar[str] = ".keras"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def _write(self, path: Path, data: "keras.Model") -> None:
        if data.compiled:
            raise TypeError(f"The model {data.name!r} is compiled; only models without an optimizer are stored.")
        data.save(path)
        _forget_time(path)

    def _read(self, path: Path) -> "keras.Model":
        import keras

        check_unpacked_size(path, MAXIMUM_BYTES)
        return keras.models.load_model(path, compile=False, safe_mode=True)


def _forget_time(path: Path) -> None:
    """Writes an archive of Keras again with the same content and no time."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members[_METADATA])
    members[_METADATA] = json.dumps(metadata | {"date_saved": _DATE_SAVED}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(fixed_member(name), content)
