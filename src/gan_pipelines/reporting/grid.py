"""Image grids."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def class_rows(labels: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Returns indices of images, one row per class in ascending order, ``(classes, columns)``.

    Args:
        labels: Class of each image ``(images,)``.
        most: Maximum number of columns; fewer if a class has fewer images.
    """
    indices_by_class = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    columns = min(most, *map(len, indices_by_class))
    return np.stack([indices[:columns] for indices in indices_by_class])


def image_grid(
    pixels: NDArray[np.uint8],
    columns: int,
    *,
    margin: int = 4,
    background: int = 255,
    scale: int | None = None,
    target_width: int = 750,
) -> Image.Image:
    """Returns a grid of images in row-major order, gray or RGB.

    Args:
        pixels: ``(images, height, width, channels)``, uint8 in [0, 255], with 1 or 3 channels.
        columns: Maximum number of images in a row.
        margin: Pixels between and around the images.
        background: Gray level of the margin, from 0 (black) to 255 (white).
        scale: Integer factor of nearest-neighbour upscaling. Default: the factor that is closest to ``target_width``.
        target_width: Target width of a row without margins, in pixels.

    Raises:
        ValueError: If shape or dtype are not as above, or there are no images or columns.
    """
    is_gray_or_colour = pixels.ndim == 4 and pixels.shape[-1] in (1, 3) and pixels.dtype == np.uint8
    if not is_gray_or_colour or 0 in pixels.shape or columns < 1:
        raise ValueError(
            "A grid requires uint8 pixels of shape (images, height, width, 1 or 3) and at least 1 column, "
            f"not {pixels.dtype} of shape {pixels.shape} and {columns} columns."
        )
    images, height, width, channels = pixels.shape
    columns = min(columns, images)
    rows = -(-images // columns)
    scale = scale or max(1, round(target_width / (columns * width)))
    cell_height, cell_width = height * scale + margin, width * scale + margin
    canvas = np.full((rows * cell_height + margin, columns * cell_width + margin, channels), background, np.uint8)
    for index, tile in enumerate(pixels.repeat(scale, axis=1).repeat(scale, axis=2)):
        top, left = index // columns * cell_height + margin, index % columns * cell_width + margin
        canvas[top : top + height * scale, left : left + width * scale] = tile
    return Image.fromarray(canvas[..., 0] if channels == 1 else canvas)
