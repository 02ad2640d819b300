"""Sheets of translated pictures: a row per source, with the source, its translation, the truth and simple methods."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gan_pipelines.reporting.contact_sheet import evenly_spaced

Pictures = NDArray[np.uint8]

_BACKGROUND, _TEXT_LEVEL = (255, 255, 255), (32, 32, 32)
_TITLE_SIZE, _NUMBER_SIZE = 16, 14
_TITLE_HEIGHT, _NUMBER_HEIGHT = 30, 22
_MARGIN = 8
_SMALLEST_CELL = 128
MAXIMUM_ROWS = 6
"""Recommended number of pictures on a sheet."""


def translation_sheet(
    columns: Mapping[str, Pictures],
    numbers: Mapping[str, Sequence[str]] | None = None,
    rows: int = MAXIMUM_ROWS,
    smallest_cell: int = _SMALLEST_CELL,
) -> Image.Image:
    """Returns pictures in titled columns, one row per source, enlarged without interpolation to about the same size.

    Args:
        columns: Pictures ``(pictures, height, width, 1 or 3 channels)``, uint8, by the title of their column. Sizes and
            channels of columns may differ; picture k of each belongs to the same source.
        numbers: A short line below each picture of a column, by its title, such as "24.1 dB · 0.82". Pillow's default
            font supports ASCII and "·". Default: none.
        rows: Maximum number of rows; their sources are evenly spaced.
        smallest_cell: Smallest side of the largest pictures on the sheet, in pixels.

    Raises:
        ValueError: If shape or dtype of pictures are not as above, their numbers or those of lines differ, or there are
            no columns or rows.
    """
    lines = numbers or {}
    count = _count(columns, lines)
    if rows < 1:
        raise ValueError(f"A sheet requires at least 1 row, not {rows}.")
    chosen = evenly_spaced(count, rows)
    largest = max(max(pictures.shape[1:3]) for pictures in columns.values())
    cell = largest * -(-smallest_cell // largest)
    title_font, number_font = (ImageFont.load_default(size) for size in (_TITLE_SIZE, _NUMBER_SIZE))
    widths = [
        max(cell, _text_width([title], title_font), _text_width(lines.get(title, ()), number_font)) + _MARGIN
        for title in columns
    ]
    row_height = cell + _MARGIN + (_NUMBER_HEIGHT if lines else 0)
    sheet = Image.new("RGB", (sum(widths) + _MARGIN, _TITLE_HEIGHT + len(chosen) * row_height + _MARGIN), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    left = _MARGIN
    for (title, pictures), width in zip(columns.items(), widths, strict=True):
        draw.text((left, _TITLE_HEIGHT // 2 + 2), title, fill=_TEXT_LEVEL, font=title_font, anchor="lm")
        for row, index in enumerate(chosen):
            top = _TITLE_HEIGHT + row * row_height
            picture = _enlarged(pictures[index], cell)
            sheet.paste(picture, (left + (cell - picture.width) // 2, top + (cell - picture.height) // 2))
            if title in lines:
                place = (left, top + cell + _NUMBER_HEIGHT // 2)
                draw.text(place, lines[title][index], fill=_TEXT_LEVEL, font=number_font, anchor="lm")
        left += width
    return sheet


def strips(columns: Sequence[Pictures]) -> Pictures:
    """Joins pictures along the width, gray ones as colour and small ones enlarged without interpolation.

    Args:
        columns: Pictures ``(pictures, height, width, 1 or 3 channels)``, uint8; heights divide the largest one.

    Returns:
        ``(pictures, height, sum of widths, channels)``, uint8.
    """
    height = max(pictures.shape[1] for pictures in columns)
    channels = max(pictures.shape[-1] for pictures in columns)
    return np.concatenate([_fitted(pictures, height // pictures.shape[1], channels) for pictures in columns], axis=2)


def _fitted(pictures: Pictures, factor: int, channels: int) -> Pictures:
    enlarged = pictures.repeat(factor, axis=1).repeat(factor, axis=2)
    return enlarged if enlarged.shape[-1] == channels else enlarged.repeat(channels, axis=-1)


def detailed_crops(columns: Mapping[str, Pictures], reference: str, side: int) -> dict[str, Pictures]:
    """Returns the square of each picture that has the most detail in a column, cut from all columns.

    The most detail is the largest mean squared difference of neighbouring pixels. Small pictures, such as the sources
    of super-resolution, are cut at the same place.

    Args:
        columns: Pictures ``(pictures, height, width, channels)``, uint8, by title; see ``translation_sheet``. Heights
            and widths are those of the reference divided by an integer.
        reference: Title of the column with the true pictures.
        side: Side of the squares in pixels of the reference, divisible by all these integers.

    Raises:
        ValueError: If the sizes do not divide as above, or a picture is smaller than the square.
    """
    height, width = columns[reference].shape[1:3]
    ratios = {title: height // pictures.shape[1] for title, pictures in columns.items()}
    for title, pictures in columns.items():
        size, ratio = pictures.shape[1:3], max(1, ratios[title])
        if (size[0] * ratio, size[1] * ratio) != (height, width) or side % ratio or not 0 < side <= min(height, width):
            raise ValueError(
                f"Squares of {side} pixels cannot be cut at the same places from {title!r} ({size[0]}x{size[1]}) and "
                f"{reference!r} ({height}x{width})."
            )
    corners = [_most_detailed(picture, side, max(ratios.values())) for picture in columns[reference]]
    return {title: _cropped(pictures, corners, side, ratios[title]) for title, pictures in columns.items()}


def _count(columns: Mapping[str, Pictures], lines: Mapping[str, Sequence[str]]) -> int:
    """Returns the number of pictures in each column, after validation."""
    for title, pictures in columns.items():
        is_gray_or_colour = pictures.ndim == 4 and pictures.shape[-1] in (1, 3) and pictures.dtype == np.uint8
        if not is_gray_or_colour or 0 in pictures.shape:
            raise ValueError(
                "A sheet requires uint8 pictures of shape (pictures, height, width, 1 or 3), not "
                f"{pictures.dtype} of shape {pictures.shape} in {title!r}."
            )
    counts = {title: len(pictures) for title, pictures in columns.items()}
    counted_lines = {f"lines of {title}": len(texts) for title, texts in lines.items()}
    if not lines.keys() <= columns.keys() or len({*counts.values(), *counted_lines.values()}) != 1:
        raise ValueError(
            f"A sheet requires at least 1 column, all with the same number of pictures and lines, not {counts} and "
            f"{counted_lines}."
        )
    return next(iter(counts.values()))


def _enlarged(picture: Pictures, cell: int) -> Image.Image:
    """Returns the picture enlarged by the largest integer with which it fits into the cell."""
    factor = cell // max(picture.shape[:2])
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
    return image.convert("RGB").resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def _text_width(texts: Sequence[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> int:
    return int(max((font.getlength(text) for text in texts), default=0)) + 1


def _most_detailed(picture: Pictures, side: int, step: int) -> tuple[int, int]:
    """Returns the upper left corner of the square with the most detail, at multiples of ``step``."""
    values = picture.astype(np.float64)
    detail = np.zeros(picture.shape[:2])
    detail[1:] += np.square(np.diff(values, axis=0)).sum(axis=-1)
    detail[:, 1:] += np.square(np.diff(values, axis=1)).sum(axis=-1)
    sums = np.pad(detail.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    totals = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    top, left = np.unravel_index(totals[::step, ::step].argmax(), totals[::step, ::step].shape)
    return int(top) * step, int(left) * step


def _cropped(pictures: Pictures, corners: Sequence[tuple[int, int]], side: int, ratio: int) -> Pictures:
    small, places = side // ratio, [(top // ratio, left // ratio) for top, left in corners]
    squares = [
        picture[top : top + small, left : left + small] for picture, (top, left) in zip(pictures, places, strict=True)
    ]
    return np.stack(squares)
