"""Images side by side in one picture."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def class_rows(labels: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Returns positions of images in rows of one class each, by rising class: ``(classes, columns)``.

    Args:
        labels: The class of each image.
        most: Columns at most; fewer where a class has fewer images.
    """
    places = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    columns = min(most, *map(len, places))
    return np.stack([place[:columns] for place in places])


def image_grid(
    pixels: NDArray[np.uint8],
    columns: int,
    *,
    margin: int = 4,
    background: int = 255,
    scale: int | None = None,
    target_width: int = 750,
) -> Image.Image:
    """Returns images row by row in one picture, gray or RGB as they are.

    Args:
        pixels: ``(images, height, width, channels)``, uint8 in [0, 255], with one or three channels.
        columns: Images in a row; fewer images make a shorter row.
        margin: Pixels between the images and around them.
        background: Gray level of the margin, from 0 (black) to 255 (white).
        scale: How often each pixel is repeated in both directions, so that small images can be seen without blur;
            without one, the picture comes as near to the target width as it can.
        target_width: In pixels, of the images without their margins.

    Raises:
        ValueError: The pixels have another shape or dtype, or there are no images or columns.
    """
    is_gray_or_colour = pixels.ndim == 4 and pixels.shape[-1] in (1, 3) and pixels.dtype == np.uint8
    if not is_gray_or_colour or 0 in pixels.shape or columns < 1:
        raise ValueError(
            "A grid takes uint8 pixels of the shape (images, height, width, 1 or 3) and at least 1 column, "
            f"not {pixels.dtype} of {pixels.shape} and {columns}."
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
