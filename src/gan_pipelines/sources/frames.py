"""Conversion of images in memory to the configured size and number of channels."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def to_frames(pictures: NDArray[np.uint8], size: int, colour: Literal["gray", "rgb"]) -> NDArray[np.uint8]:
    """Resizes gray images with antialiasing and repeats their channel for RGB.

    Args:
        pictures: ``(images, side, side)``, in [0, 255].
        size: Output width and height in pixels.
        colour: ``gray`` for one channel, ``rgb`` for three equal channels.

    Returns:
        ``(images, size, size, channels)``, in [0, 255].
    """
    if pictures.shape[1:] != (size, size):
        pictures = resized(pictures, size)
    return np.repeat(pictures[..., np.newaxis], 3 if colour == "rgb" else 1, axis=-1)


def resized(pictures: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resizes gray images ``(images, side, side)`` to ``(images, size, size)`` with a bicubic filter."""
    result = np.empty((len(pictures), size, size), dtype=np.uint8)
    for target, picture in zip(result, pictures, strict=True):
        target[...] = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC))
    return result


def luminance(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns the luminance (ITU-R BT.601) of images ``(images, height, width, channels)``, with one channel."""
    if pictures.shape[-1] == 1:
        return pictures
    return np.stack([np.asarray(Image.fromarray(picture).convert("L")) for picture in pictures])[..., np.newaxis]
