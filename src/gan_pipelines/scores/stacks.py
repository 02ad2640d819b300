"""Stacked digits: each channel is the image of a digit, and the three digits form the class, from 000 to 999."""

import hashlib

import numpy as np
from numpy.typing import NDArray

CHANNELS = 3
DIGITS = 10


def split_channels(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Converts stacks ``(images, height, width, 3)`` to gray images ``(3 * images, height, width, 1)``."""
    return np.moveaxis(pixels, -1, 1).reshape(-1, *pixels.shape[1:3], 1)


def classes_from_digits(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Converts the digits of the channels ``(images, 3)`` to classes ``(images,)``: 4, 0 and 7 to 407."""
    return np.asarray(digits @ (100, 10, 1), np.int64)


def digits_from_classes(classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Converts classes ``(images,)`` to the digits of the channels ``(images, 3)``."""
    return np.stack(np.unravel_index(classes, (DIGITS,) * CHANNELS), axis=1)


def distinct_digits(
    pixels: NDArray[np.float32], classes: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Returns the distinct digit images of stacks.

    Args:
        pixels: Stacks ``(images, height, width, 3)``.
        classes: Their classes ``(images,)``.

    Returns:
        Gray images ``(distinct images, height, width, 1)`` in the order of their first occurrence, their digits
        ``(distinct images,)``, and the number of digits, 10.
    """
    channels = split_channels(pixels)
    first_positions: dict[bytes, int] = {}
    for position, channel in enumerate(channels):
        first_positions.setdefault(hashlib.blake2b(channel.tobytes(), digest_size=16).digest(), position)
    kept = list(first_positions.values())
    return channels[kept], digits_from_classes(classes).ravel()[kept], DIGITS


def independent_class_probabilities(classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns the class probabilities for independent channels, ``(1000,)``, given the classes of real stacks.

    Digit frequencies are estimated from thousands of channels; class frequencies would be from about ten stacks.
    """
    digits = np.bincount(digits_from_classes(classes).ravel(), minlength=DIGITS) / (CHANNELS * len(classes))
    return np.asarray(np.einsum("a,b,c->abc", digits, digits, digits).ravel())
