"""Pixels as bytes in [0, 255] and as the numbers in [-1, 1] that networks see."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Maps bytes to float32 in [-1, 1]: (x - 127.5) / 127.5."""
    return ((pixels.astype(np.float32) - 127.5) / 127.5).astype(np.float32)


def to_bytes(pixels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Maps numbers in [-1, 1] to the nearest bytes; what lies outside is clipped. The inverse of `normalise`."""
    return np.clip(np.rint(pixels * 127.5 + 127.5), 0, 255).astype(np.uint8)
