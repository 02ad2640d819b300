"""Dataset of Keras models in ``.keras`` files."""

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
"""Maximum unpacked size: 4 GiB, about 10^9 parameters in float32; the limit of Keras's own checks."""

_METADATA = "metadata.json"
_CONFIG = "config.json"
_SHARED = "shared_object_id"
_DATE_SAVED = "1980-01-01@00:00:00"


class KerasModelDataset(AtomicFileDataset["keras.Model"]):
    """Functional model without optimizer or losses (not compiled).

    Equal models give equal bytes: the save time and the memory addresses that Keras writes are replaced.

    Args:
        filepath: Path that ends in ``.keras``.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
    """

    SUFFIX: ClassVar[str] = ".keras"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def _write(self, path: Path, data: "keras.Model") -> None:
        if data.compiled:
            raise TypeError(f"The model {data.name!r} is compiled; only models that are not compiled can be saved.")
        data.save(path)
        _make_reproducible(path)

    def _read(self, path: Path) -> "keras.Model":
        from gan_pipelines.training.configured_keras import keras

        check_unpacked_size(path, MAXIMUM_BYTES)
        return keras.models.load_model(path, compile=False, safe_mode=True)


def _make_reproducible(path: Path) -> None:
    """Rewrites a ``.keras`` archive with a constant save time and without memory addresses."""
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
    """Replaces the addresses that identify shared objects with numbers in the order of appearance.

    Dtype policies get none: whether equal policies are one object depends on how the model was created.
    """
    if isinstance(config, dict):
        address = config.pop(_SHARED, None)
        if address is not None and config.get("class_name") != "DTypePolicy":
            config[_SHARED] = numbers.setdefault(address, len(numbers))
    for entry in config.values() if isinstance(config, dict) else config if isinstance(config, list) else ():
        _number_shared_objects(entry, numbers)
