"""Pixels as bytes in [0, 255] and as the numbers in [-1, 1] that networks see."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Returns bytes as float32 in [-1, 1], the range of a generator that ends in tanh: (x - 127.5) / 127.5."""
    result = pixels.astype(np.float32)
    result -= 127.5
    result /= 127.5
    return result


def to_bytes(pixels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Returns numbers in [-1, 1] as the nearest bytes; what lies outside is clipped. The inverse of `normalise`."""
    return np.asarray(np.clip(np.rint(pixels * 127.5 + 127.5), 0, 255), np.uint8)
