"""Conversion of pixels between uint8 in [0, 255] and float32 in [-1, 1], and images stored on the disk."""

import hashlib
import mmap
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_CHUNK_BYTES = 2**22
"""Size of the chunks that are normalised or copied: 4 MiB. Bounds memory; does not affect results."""


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Returns (x - 127.5) / 127.5 as float32 in [-1, 1], the output range of a generator with tanh."""
    result = pixels.astype(np.float32)
    result -= 127.5
    result /= 127.5
    return result


def to_bytes(pixels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Returns pixels in [-1, 1] rounded to uint8, the inverse of `normalise`; values outside are clipped."""
    return np.asarray(np.clip(np.rint(pixels * 127.5 + 127.5), 0, 255), np.uint8)


class StoredPixels:
    """Memory-mapped uint8 images that are indexed as float32 in [-1, 1].

    Replaces a float32 array that does not fit into memory: only the indexed images are read and normalised.

    Args:
        mapped: Memory-mapped pixels ``(images, height, width, channels)``, uint8 in [0, 255].

    Raises:
        TypeError: If the dtype is not uint8.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, mapped: NDArray[np.uint8]) -> None:
        if mapped.dtype != np.uint8:
            raise TypeError(f"Stored pixels have dtype {mapped.dtype}; uint8 is required.")
        self.mapped = mapped

    @property
    def shape(self) -> tuple[int, ...]:
        """``(images, height, width, channels)``."""
        return self.mapped.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.mapped.ndim

    @property
    def nbytes(self) -> int:
        """Size of all images in memory as float32, in bytes."""
        return self.mapped.size * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.mapped)

    def __getitem__(self, indices: int | slice | NDArray[np.integer]) -> NDArray[np.float32]:
        """Returns images in memory, float32 in [-1, 1]."""
        return normalise(self.bytes_at(indices))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401  NumPy's protocol
        """Returns all images in memory."""
        if copy is False:
            raise ValueError("Stored pixels are uint8; a conversion to another dtype needs a copy, but copy is False.")
        return self[:].astype(dtype or self.dtype, copy=False)

    def bytes_at(self, indices: int | slice | NDArray[np.integer]) -> NDArray[np.uint8]:
        """Returns images as uint8; those of a slice stay memory-mapped."""
        self._release()
        return np.asarray(self.mapped[indices])

    def chunks(self, images: int | None = None) -> list[slice]:
        """Returns slices of at most 4 MiB that cover the first ``images`` images. Default: all images."""
        step = max(1, _CHUNK_BYTES // max(1, self.mapped[:1].nbytes))
        return [slice(start, start + step) for start in range(0, len(self) if images is None else images, step)]

    def sha256(self) -> str:
        """Returns the SHA-256 of ``normalise(pixels).tobytes()`` for all images, in hexadecimal."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(self[chunk].data)
        return digest.hexdigest()

    def _release(self) -> None:
        """Releases the pages read so far, which would count as resident memory of the process."""
        base: object = self.mapped.base
        if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)


Pixels: TypeAlias = "NDArray[np.float32] | StoredPixels"
"""Images in [-1, 1] ``(images, height, width, channels)``, in memory or on the disk."""
