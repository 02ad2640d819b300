"""How the samples of fixed latents change while a generator trains."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_PAPER, _INK, _TRACK, _PROGRESS = 255, 32, 224, 96
"""Gray levels of the caption band, its text, and the rest and the done part of the progress bar."""

FRAME_WIDTH = 480
"""Width in pixels that suits an animation: smaller than a single grid, because a GIF keeps every moment."""

_TEXT_SIZE = 20
_BAR_HEIGHT = 6
_BAND_HEIGHT = 44
_SIDE = 4
"""Pixels between the edge of the band and its content: the margin of the grid above."""


def animation_frames(pictures: Sequence[Image.Image], captions: Sequence[str]) -> list[Image.Image]:
    """Returns each moment's picture with a bar below it for its place in the animation, and a caption.

    Args:
        pictures: Gray or RGB, of one size.
        captions: One line per moment, such as "step 1,200 · epoch 28". Pillow's own font draws ASCII and "·".

    Raises:
        ValueError: There are no pictures, or not as many captions.
    """
    if not pictures or len(pictures) != len(captions):
        raise ValueError(
            f"An animation takes pictures with one caption each, not {len(pictures)} pictures and {len(captions)} "
            "captions."
        )
    shares = np.linspace(0, 1, len(pictures)) if len(pictures) > 1 else [1.0]
    return [
        _with_caption(picture, caption, float(share))
        for picture, caption, share in zip(pictures, captions, shares, strict=True)
    ]


def _with_caption(picture: Image.Image, caption: str, share: float) -> Image.Image:
    """Returns the picture above a band with a progress bar, of which a share is filled, and a line of text."""
    mode, (width, height) = picture.mode, picture.size
    result = Image.new(mode, (width, height + _BAND_HEIGHT), _colour(mode, _PAPER))
    result.paste(picture, (0, 0))
    draw = ImageDraw.Draw(result)
    left, right, top = _SIDE, width - _SIDE - 1, height
    draw.rectangle((left, top, right, top + _BAR_HEIGHT - 1), fill=_colour(mode, _TRACK))
    if share > 0:
        done = left + round((right - left) * share)
        draw.rectangle((left, top, done, top + _BAR_HEIGHT - 1), fill=_colour(mode, _PROGRESS))
    middle = top + (_BAR_HEIGHT + _BAND_HEIGHT) // 2
    font = ImageFont.load_default(_TEXT_SIZE)
    draw.text((left, middle), caption, fill=_colour(mode, _INK), font=font, anchor="lm")
    return result


def _colour(mode: str, level: int) -> int | tuple[int, int, int]:
    """Returns a gray level as a picture of this mode takes it."""
    return level if mode == "L" else (level, level, level)
