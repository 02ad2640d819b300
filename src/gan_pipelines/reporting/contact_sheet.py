"""Pictures of several moments or models side by side, each with a caption."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_PAPER, _INK = 255, 32
_TEXT_SIZE = 18
_BAND_HEIGHT = 30
_MARGIN = 12

MOST_MOMENTS = 6
"""Moments of a training that are shown side by side."""


def evenly_chosen(count: int, most: int = MOST_MOMENTS) -> list[int]:
    """Returns at most so many positions out of ``count``, evenly and with both ends."""
    return [round(position) for position in np.linspace(0, count - 1, min(count, most)).tolist()]


def contact_sheet(pictures: Sequence[Image.Image], captions: Sequence[str], columns: int) -> Image.Image:
    """Returns pictures row by row on white, each below its caption.

    Args:
        pictures: Gray or RGB; smaller ones stand in the upper left of their cell.
        captions: One line for each. Pillow's own font draws ASCII and "·".
        columns: Pictures in a row; fewer pictures make a shorter row.

    Raises:
        ValueError: There are no pictures, not as many captions, or no columns.
    """
    if not pictures or len(pictures) != len(captions) or columns < 1:
        raise ValueError(
            f"A contact sheet takes pictures with one caption each and at least 1 column, not {len(pictures)} "
            f"pictures, {len(captions)} captions and {columns} columns."
        )
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    width = max(picture.width for picture in pictures) + _MARGIN
    height = max(picture.height for picture in pictures) + _MARGIN + _BAND_HEIGHT
    mode = "L" if all(picture.mode == "L" for picture in pictures) else "RGB"
    paper, ink = ((level,) * len(mode) if mode == "RGB" else level for level in (_PAPER, _INK))
    sheet = Image.new(mode, (columns * width + _MARGIN, rows * height + _MARGIN), paper)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_TEXT_SIZE)
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left, top = number % columns * width + _MARGIN, number // columns * height + _MARGIN
        draw.text((left, top + _BAND_HEIGHT // 2), caption, fill=ink, font=font, anchor="lm")
        sheet.paste(picture, (left, top + _BAND_HEIGHT))
    return sheet
