"""Pairs made from single images: a simpler picture of each image, to be translated back into the image."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import random_generator

FAINTEST_SLOPE = 8
"""Slopes up to this, in gray levels per two pixels, are no edges."""
EDGE_CONTRAST = 4
"""Darkness of an edge per gray level of slope."""
HOLE_GRAY = 128
_ACROSS = ((0, 1), (1, 1), (1, 0), (1, -1))
"""The neighbour, rows down and columns right, in the direction of a slope of 0, 45, 90 and 135 degrees."""


def with_made_partners(images: ImageSet, by: Literal["edges", "gray", "hole"], seed: int) -> ImageSet:
    """Returns the images with partners made from them; labels and split stay.

    Args:
        images: uint8 in [0, 255], ``(images, height, width, channels)``.
        by: ``edges`` or ``gray`` (luminance), both with one channel, or ``hole``: the image without a square.
        seed: Determines where the holes are.

    Raises:
        UserError: If the images are stored on disk.
    """
    pixels = images.pixels
    if not isinstance(pixels, np.ndarray):
        raise UserError(
            f"images.storage: {len(pixels):,} images are on the disk, but images.pairs_by needs them in memory. Set "
            "images.storage to 'memory', or reduce images.limit or images.size."
        )
    if by == "hole":
        return replace(images, partners=with_holes(pixels, seed))
    gray = luminance(pixels)
    return replace(images, partners=gray if by == "gray" else thin_edges(gray))


def thin_edges(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns dark edges, one pixel wide, on white.

    Slopes by Sobel's operator are kept where they are steepest across the edge, as in Canny, "A Computational Approach
    to Edge Detection", 1986; instead of its thresholds, steeper ones are darker.

    Args:
        gray: ``(images, height, width, 1)``, in [0, 255].

    Returns:
        The same shape, in [0, 255].
    """
    # One image at a time bounds the memory of the intermediate float32 results.
    return np.stack([_thin_edges(picture[..., 0].astype(np.float32)) for picture in gray])[..., np.newaxis]


def _thin_edges(gray: NDArray[np.float32]) -> NDArray[np.uint8]:
    right, down = _slopes(gray)
    steepness = np.hypot(right, down)
    sector = np.rint(np.arctan2(down, right) / (np.pi / 4)).astype(np.int64) % len(_ACROSS)
    padded = np.pad(steepness, 1)
    is_steepest = np.zeros(gray.shape, dtype=np.bool_)
    for number, (rows, columns) in enumerate(_ACROSS):
        is_ridge = (steepness >= _shifted(padded, rows, columns)) & (steepness > _shifted(padded, -rows, -columns))
        is_steepest |= (sector == number) & is_ridge
    darkness = EDGE_CONTRAST * np.where(is_steepest, steepness - FAINTEST_SLOPE, 0)
    return np.asarray(255 - np.clip(np.rint(darkness), 0, 255), dtype=np.uint8)


def _slopes(gray: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns Sobel's slopes to the right and down, in gray levels per two pixels."""
    padded = np.pad(gray, 1, mode="edge")
    right, down = np.zeros_like(gray), np.zeros_like(gray)
    for offset, weight in ((-1, 0.25), (0, 0.5), (1, 0.25)):
        right += weight * (_shifted(padded, offset, 1) - _shifted(padded, offset, -1))
        down += weight * (_shifted(padded, 1, offset) - _shifted(padded, -1, offset))
    return right, down


def _shifted(padded: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Returns the neighbour of each pixel from an array with a rim of one pixel."""
    height, width = padded.shape[0] - 2, padded.shape[1] - 2
    return padded[1 + rows : 1 + rows + height, 1 + columns : 1 + columns + width]


def with_holes(pixels: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Returns the images with a square of half the side filled with gray, at a random place in each.

    Pathak, Krähenbühl, Donahue, Darrell and Efros, "Context Encoders: Feature Learning by Inpainting", 2016.
    """
    holed = pixels.copy()
    size = pixels.shape[1]
    hole = size // 2
    for position, picture in enumerate(holed):
        top, left = random_generator(seed, "holes", position).integers(size - hole + 1, size=2)
        picture[top : top + hole, left : left + hole] = HOLE_GRAY
    return holed
