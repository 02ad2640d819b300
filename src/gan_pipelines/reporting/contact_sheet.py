"""Contact sheets: images of several training steps or models side by side, with captions."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_BACKGROUND, _TEXT_LEVEL = 255, 32
_TEXT_SIZE = 18
_BAND_HEIGHT = 30
_MARGIN = 12

MOST_MOMENTS = 6
"""Maximum number of training steps on a contact sheet."""


def evenly_spaced(count: int, most: int = MOST_MOMENTS) -> list[int]:
    """Returns at most ``most`` evenly spaced indices from 0 to ``count - 1``, including both."""
    return [round(position) for position in np.linspace(0, count - 1, min(count, most)).tolist()]


def contact_sheet(pictures: Sequence[Image.Image], captions: Sequence[str], columns: int) -> Image.Image:
    """Returns the images in rows on white, each below its caption.

    Args:
        pictures: Images, gray or RGB; smaller ones are aligned to the upper left of their cell.
        captions: One line per image. Pillow's default font supports ASCII and "·".
        columns: Maximum number of images in a row.

    Raises:
        ValueError: If there are no images, the number of captions differs, or there are no columns.
    """
    if not pictures or len(pictures) != len(captions) or columns < 1:
        raise ValueError(
            f"A contact sheet requires at least 1 image, one caption each and at least 1 column, not {len(pictures)} "
            f"images, {len(captions)} captions and {columns} columns."
        )
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    width = max(picture.width for picture in pictures) + _MARGIN
    height = max(picture.height for picture in pictures) + _MARGIN + _BAND_HEIGHT
    mode = "L" if all(picture.mode == "L" for picture in pictures) else "RGB"
    background, text_colour = ((level,) * len(mode) if mode == "RGB" else level for level in (_BACKGROUND, _TEXT_LEVEL))
    sheet = Image.new(mode, (columns * width + _MARGIN, rows * height + _MARGIN), background)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_TEXT_SIZE)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left, top = number % columns * width + _MARGIN, number // columns * height + _MARGIN
        draw.text((left, top + _BAND_HEIGHT // 2), caption, fill=text_colour, font=font, anchor="lm")
        sheet.paste(picture, (left, top + _BAND_HEIGHT))
    return sheet
