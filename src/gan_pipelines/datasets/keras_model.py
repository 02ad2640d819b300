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
_CONFIG = "config.json"
_SHARED = "shared_object_id"
_DATE_SAVED = "1980-01-01@00:00:00"


class KerasModelDataset(AtomicFileDataset["keras.Model"]):
    """A Functional model that is not compiled: what it computes, not how it was trained.

    Equal models give equal bytes; Keras by itself stores the time at which it saves, and addresses in memory.

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
        _forget_circumstances(path)

    def _read(self, path: Path) -> "keras.Model":
        from gan_pipelines.training.configured_keras import keras

        check_unpacked_size(path, MAXIMUM_BYTES)
        return keras.models.load_model(path, compile=False, safe_mode=True)


def _forget_circumstances(path: Path) -> None:
    """Writes an archive of Keras again with the same model, but neither the time nor addresses in memory."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata, config = json.loads(members[_METADATA]), json.loads(members[_CONFIG])
    _number_shared_objects(config, {})
    members[_METADATA] = json.dumps(metadata | {"date_saved": _DATE_SAVED}).encode()
    members[_CONFIG] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(fixed_member(name), content)


def _number_shared_objects(config: object, numbers: dict[int, int]) -> None:
    """Replaces the addresses by which Keras tells shared objects with numbers in the order of appearance.

    Precisions lose theirs: equal ones need not be one object, and whether they are depends on how the model was made.
    """
    if isinstance(config, dict):
        address = config.pop(_SHARED, None)
        if address is not None and config.get("class_name") != "DTypePolicy":
            config[_SHARED] = numbers.setdefault(address, len(numbers))
    for entry in config.values() if isinstance(config, dict) else config if isinstance(config, list) else ():
        _number_shared_objects(entry, numbers)
