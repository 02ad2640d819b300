import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

IdxWriter = Callable[..., Path]


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def mnist_arrays(training: int = 6, test: int = 4, side: int = 28) -> dict[str, NDArray[np.uint8]]:
    generator = np.random.Generator(np.random.Philox(7))
    return {
        "x_train": generator.integers(0, 256, (training, side, side), dtype=np.uint8),
        "y_train": np.arange(training, dtype=np.uint8) % 10,
        "x_test": generator.integers(0, 256, (test, side, side), dtype=np.uint8),
        "y_test": np.arange(test, dtype=np.uint8)[::-1] % 10,
    }


IDX_STEMS = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@pytest.fixture
def write_idx(tmp_path: Path) -> IdxWriter:
    def write(arrays: dict[str, NDArray[np.uint8]], *, dotted: bool = False, compressed: bool = True) -> Path:
        for name, array in arrays.items():
            stem = IDX_STEMS[name].replace("-idx", ".idx") if dotted else IDX_STEMS[name]
            content = idx_bytes(array)
            target = tmp_path / (stem + (".gz" if compressed else ""))
            target.write_bytes(gzip.compress(content) if compressed else content)
        return tmp_path

    return write
