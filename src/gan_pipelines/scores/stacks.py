"""Stacked pictures: every channel is a picture of a digit, and the three digits are the class, from 000 to 999."""

import hashlib

import numpy as np
from numpy.typing import NDArray

CHANNELS = 3
DIGITS = 10


def channels_apart(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turns stacks ``(images, height, width, 3)`` into gray pictures ``(3 * images, height, width, 1)``."""
    return np.moveaxis(pixels, -1, 1).reshape(-1, *pixels.shape[1:3], 1)


def classes_of(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turns the digits of the channels ``(images, 3)`` into classes ``(images,)``: 4, 0 and 7 into 407."""
    return np.asarray(digits @ (100, 10, 1), np.int64)


def digits_of(classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turns classes ``(images,)`` into the digits of the channels ``(images, 3)``."""
    return np.stack(np.unravel_index(classes, (DIGITS,) * CHANNELS), axis=1)


def different_digits(
    pixels: NDArray[np.float32], classes: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Returns each digit's picture once, however often it was stacked.

    Args:
        pixels: Stacks ``(images, height, width, 3)``.
        classes: Their classes ``(images,)``.

    Returns:
        Gray pictures ``(pictures, height, width, 1)`` in the order of their first appearance, their digits
        ``(pictures,)``, and how many digits there are.
    """
    pictures = channels_apart(pixels)
    first: dict[bytes, int] = {}
    for position, picture in enumerate(pictures):
        first.setdefault(hashlib.blake2b(picture.tobytes(), digest_size=16).digest(), position)
    kept = list(first.values())
    return pictures[kept], digits_of(classes).ravel()[kept], DIGITS


def expected_shares(classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns the share of each class that independent channels give, ``(1000,)``, from the classes of real stacks.

    Each digit's share is known from thousands of channels, each class's own share from ten stacks or none.
    """
    digits = np.bincount(digits_of(classes).ravel(), minlength=DIGITS) / (CHANNELS * len(classes))
    return np.asarray(np.einsum("a,b,c->abc", digits, digits, digits).ravel())
