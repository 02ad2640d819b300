"""Gray pictures of any square size brought to the wanted size and channels."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def to_frames(pictures: NDArray[np.uint8], size: int, colour: Literal["gray", "rgb"]) -> NDArray[np.uint8]:
    """Returns gray pictures resized with antialiasing, with the channels of the wanted colour.

    Args:
        pictures: ``(images, side, side)``, in [0, 255].
        size: Wanted width and height in pixels.
        colour: ``gray`` gives one channel, ``rgb`` three equal ones.

    Returns:
        ``(images, size, size, channels)``, in [0, 255].
    """
    if pictures.shape[1:] != (size, size):
        pictures = resized(pictures, size)
    return np.repeat(pictures[..., np.newaxis], 3 if colour == "rgb" else 1, axis=-1)


def resized(pictures: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Returns gray pictures ``(images, side, side)`` as ``(images, size, size)``, by the bicubic filter."""
    result = np.empty((len(pictures), size, size), dtype=np.uint8)
    for target, picture in zip(result, pictures, strict=True):
        target[...] = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC))
    return result
