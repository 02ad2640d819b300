"""Pixels as bytes in [0, 255] and as the numbers in [-1, 1] that networks see."""

import hashlib
import mmap
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_CHUNK_BYTES = 2**22
"""As many bytes, 4 MiB, are normalised or copied at a time; it bounds memory and nothing else hangs on it."""


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Returns bytes as float32 in [-1, 1], the range of a generator that ends in tanh: (x - 127.5) / 127.5."""
    result = pixels.astype(np.float32)
    result -= 127.5
    result /= 127.5
    return result


def to_bytes(pixels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Returns numbers in [-1, 1] as the nearest bytes; what lies outside is clipped. The inverse of `normalise`."""
    return np.asarray(np.clip(np.rint(pixels * 127.5 + 127.5), 0, 255), np.uint8)


class StoredPixels:
    """Images that stay on the disk as bytes and are read as float32 in [-1, 1], as `normalise` gives them.

    It takes the place of a float32 array that does not fit into memory: only what is indexed is read and normalised.

    Args:
        mapped: Memory-mapped bytes ``(images, height, width, channels)``, uint8 in [0, 255].

    Raises:
        TypeError: They are no bytes.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, mapped: NDArray[np.uint8]) -> None:
        if mapped.dtype != np.uint8:
            raise TypeError(f"The stored pixels are of {mapped.dtype}; uint8 is needed.")
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
        """Bytes that all images would take in memory, as float32."""
        return self.mapped.size * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.mapped)

    def __getitem__(self, indices: int | slice | NDArray[np.integer]) -> NDArray[np.float32]:
        """Returns the images at these positions, float32 in [-1, 1], in memory."""
        return normalise(self.bytes_at(indices))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401  NumPy's protocol
        """Returns all images at once, in memory."""
        if copy is False:
            raise ValueError("Stored pixels are bytes; as numbers they can only be a copy.")
        return self[:].astype(dtype or self.dtype, copy=False)

    def bytes_at(self, indices: int | slice | NDArray[np.integer]) -> NDArray[np.uint8]:
        """Returns the images at these positions as bytes; those of a slice are still on the disk."""
        self._release()
        return np.asarray(self.mapped[indices])

    def chunks(self, images: int | None = None) -> list[slice]:
        """Returns the slices in which so many images, or all, can be read one after the other with little memory."""
        step = max(1, _CHUNK_BYTES // max(1, self.mapped[:1].nbytes))
        return [slice(start, start + step) for start in range(0, len(self) if images is None else images, step)]

    def sha256(self) -> str:
        """Returns the SHA-256 of all images as float32, in hexadecimal: that of ``normalise(…).tobytes()``."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(self[chunk].data)
        return digest.hexdigest()

    def _release(self) -> None:
        """Gives back the memory of what was read before: it would all be counted as this process's own."""
        base: object = self.mapped.base
        if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)


Pixels: TypeAlias = "NDArray[np.float32] | StoredPixels"
"""Images in [-1, 1] ``(images, height, width, channels)``, in memory or on the disk."""
