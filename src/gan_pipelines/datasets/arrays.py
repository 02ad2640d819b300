"""Datasets of named arrays and image sets in ``.npz`` files."""

import json
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
"""Name of the uint8 array of `StoredPixels`."""


class _ArchiveDataset(AtomicFileDataset[Content]):
    """Base class for content that is stored as named arrays."""

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
                    raise TypeError(f"{name!r} is {_kind(array)}; an array of numbers, booleans or text is required.")
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
    """Named arrays of any shape, loaded as a dictionary sorted by name.

    Args:
        filepath: Path that ends in ``.npz``.
        compressed: Whether to compress; slower, and effective for pixels but not for features or weights.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
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
    """Images with labels. `StoredPixels` are loaded as a memory map, so that only indexed images are read.

    They are an uncompressed member of the archive, so one file with one hash holds the whole set.

    Args:
        filepath: Path that ends in ``.npz``.
        compressed: Whether to compress; slower, and effective for uint8 but not for normalised pixels. No effect on
            `StoredPixels`.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
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
            "partners": data.partners,
            "captions": None if data.captions is None else _as_json(data.captions),
            "attributes": data.attributes,
            "attribute_names": _as_json(data.attribute_names) if data.attribute_names else None,
        }
        return {name: array for name, array in arrays.items() if array is not None}

    def _from_arrays(self, arrays: dict[str, NDArray[Any]]) -> ImageSet:
        texts: dict[str, Any] = {"class_names": tuple(arrays["class_names"].tolist())}
        texts |= {name: _from_json(arrays[name]) for name in ("captions", "attribute_names") if name in arrays}
        return ImageSet(**{**arrays, **texts})

    def _read(self, path: Path) -> ImageSet:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays: dict[str, Any] = {name: archive[name] for name in archive.files if name != _STORED_PIXELS}
            if _STORED_PIXELS in archive.files:
                arrays["pixels"] = StoredPixels(map_array(file, archive.zip, f"{_STORED_PIXELS}.npy"))
        return self._from_arrays(arrays)


def _as_json(texts: tuple[Any, ...]) -> NDArray[np.uint8]:
    """Returns nested tuples of texts as the bytes of JSON: an array of text would give each the longest one's size."""
    return np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)


def _from_json(content: NDArray[np.uint8]) -> tuple[Any, ...]:
    """Returns the nested tuples that `_as_json` stored."""
    return _tuples(json.loads(content.tobytes()))


def _tuples(texts: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(text) if isinstance(text, list) else text for text in texts)


def _kind(value: object) -> str:
    """Returns a description of a value that cannot be stored."""
    return f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"of type {type(value).__name__}"
