"""How the samples of fixed latents change while a generator trains."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gan_pipelines.reporting.grid import image_grid

_PAPER, _INK, _TRACK, _PROGRESS = 255, 32, 224, 96
"""Gray levels of the caption band, its text, and the rest and the done part of the progress bar."""

_WIDTH = 480
"""Target width in pixels: smaller than a single grid, because a GIF keeps every moment."""

_TEXT_SIZE = 20
_BAR_HEIGHT = 6
_BAND_HEIGHT = 44
_SIDE = 4
"""Pixels between the edge of the band and its content: the margin of the grid above."""


def animation_frames(frames: NDArray[np.uint8], captions: Sequence[str], columns: int) -> list[Image.Image]:
    """Returns one picture per moment: a grid, and below it a bar for the place in the animation and a caption.

    Args:
        frames: ``(moments, images, height, width, channels)``, uint8 in [0, 255], with one or three channels.
        captions: One line per moment, such as "step 1,200 · epoch 28". Pillow's own font draws ASCII and "·".
        columns: Images in a row.

    Raises:
        ValueError: There are no frames, not as many captions, or the frames are not what ``image_grid`` takes.
    """
    if frames.ndim != 5 or not len(frames) or len(frames) != len(captions):
        raise ValueError(
            "An animation takes frames of the shape (moments, images, height, width, channels) and one caption each, "
            f"not {frames.shape} and {len(captions)} captions."
        )
    shares = np.linspace(0, 1, len(frames)) if len(frames) > 1 else [1.0]
    return [
        _with_caption(
            image_grid(pixels, columns, margin=_SIDE, background=_PAPER, target_width=_WIDTH), caption, float(share)
        )
        for pixels, caption, share in zip(frames, captions, shares, strict=True)
    ]


def _with_caption(grid: Image.Image, caption: str, share: float) -> Image.Image:
    """Returns the grid with a band below it: a progress bar of which a share is filled, and a line of text."""
    picture = Image.new(grid.mode, (grid.width, grid.height + _BAND_HEIGHT), _colour(grid.mode, _PAPER))
    picture.paste(grid, (0, 0))
    draw = ImageDraw.Draw(picture)
    left, right, top = _SIDE, grid.width - _SIDE - 1, grid.height
    draw.rectangle((left, top, right, top + _BAR_HEIGHT - 1), fill=_colour(grid.mode, _TRACK))
    if share > 0:
        done = left + round((right - left) * share)
        draw.rectangle((left, top, done, top + _BAR_HEIGHT - 1), fill=_colour(grid.mode, _PROGRESS))
    middle = top + (_BAR_HEIGHT + _BAND_HEIGHT) // 2
    font = ImageFont.load_default(_TEXT_SIZE)
    draw.text((left, middle), caption, fill=_colour(grid.mode, _INK), font=font, anchor="lm")
    return picture


def _colour(mode: str, level: int) -> int | tuple[int, int, int]:
    """Returns a gray level as a picture of this mode takes it."""
    return level if mode == "L" else (level, level, level)
