"""Arrays by name, and sets of images, as ``.npz``."""

import zipfile
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from kedro.io import Version
from numpy.typing import NDArray

from gan_pipelines.datasets.archives import map_array, write_array, write_stored_pixels
from gan_pipelines.datasets.atomic_file import AtomicFileDataset, Content
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet

_STORED_PIXELS = "stored_pixels"
"""Name of the array that holds pixels on the disk, as bytes."""


class _ArchiveDataset(AtomicFileDataset[Content]):
    """Anything that can be told in arrays by name."""

    SUFFIX: ClassVar[str] = ".npz"

    def __init__(
        self,
        *,
        filepath: str,
        compressed: bool = False,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        self._compressed = compressed

    def _write(self, path: Path, data: Content) -> None:
        compression = zipfile.ZIP_DEFLATED if self._compressed else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w") as archive:
            for name, array in sorted(self._to_arrays(data).items()):
                if isinstance(array, StoredPixels):
                    write_stored_pixels(archive, f"{name}.npy", array)
                elif not isinstance(array, np.ndarray) or array.dtype.hasobject:
                    raise TypeError(f"{name!r} is {_kind(array)}; an array of numbers, booleans or text is needed.")
                else:
                    write_array(archive, f"{name}.npy", array, compression)

    def _read(self, path: Path) -> Content:
        with np.load(path, allow_pickle=False) as archive:
            return self._from_arrays({name: archive[name] for name in archive.files})

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "compressed": self._compressed}

    @abstractmethod
    def _to_arrays(self, data: Content) -> Mapping[str, NDArray[Any] | StoredPixels]: ...

    @abstractmethod
    def _from_arrays(self, arrays: dict[str, NDArray[Any]]) -> Content: ...


class ArraysDataset(_ArchiveDataset[Mapping[str, NDArray[Any]]]):
    """Arrays of any shape by name; loaded as a dictionary in the order of the names.

    Args:
        filepath: Ends in ``.npz``.
        compressed: Smaller and slower; worth it for pixels, not for features or weights.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    def __init__(
        self,
        *,
        filepath: str,
        compressed: bool = False,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, compressed=compressed, version=version, metadata=metadata)

    def _to_arrays(self, data: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        return data

    def _from_arrays(self, arrays: dict[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
        return arrays


class ImageSetDataset(_ArchiveDataset[ImageSet]):
    """Images with their labels. Pixels on the disk are loaded as such: they are read only where they are indexed.

    They are one uncompressed member of the archive, which is mapped into memory where it lies: one file, one hash.

    Args:
        filepath: Ends in ``.npz``.
        compressed: Smaller and slower; worth it for bytes, not for normalised pixels; without effect on those on the
            disk.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    def __init__(
        self,
        *,
        filepath: str,
        compressed: bool = False,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, compressed=compressed, version=version, metadata=metadata)

    def _to_arrays(self, data: ImageSet) -> dict[str, NDArray[Any] | StoredPixels]:
        arrays = {
            _STORED_PIXELS if isinstance(data.pixels, StoredPixels) else "pixels": data.pixels,
            "labels": data.labels,
            "class_names": np.array(data.class_names, dtype=np.str_),
            "is_heldout": data.is_heldout,
        }
        return {name: array for name, array in arrays.items() if array is not None}

    def _from_arrays(self, arrays: dict[str, NDArray[Any]]) -> ImageSet:
        class_names = tuple(arrays.pop("class_names").tolist())
        return ImageSet(class_names=class_names, **arrays)

    def _read(self, path: Path) -> ImageSet:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: dict[str, Any] = {name: archive[name] for name in archive.files if name != _STORED_PIXELS}
            if _STORED_PIXELS in archive.files:
                arrays["pixels"] = StoredPixels(map_array(file, archive.zip, f"{_STORED_PIXELS}.npy"))
        return self._from_arrays(arrays)


def _kind(value: object) -> str:
    """Says what a value is that cannot be stored."""
    return f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"of type {type(value).__name__}"
