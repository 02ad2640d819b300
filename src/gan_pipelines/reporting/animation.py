"""Frames of the training animation: samples of fixed latents with a progress bar and a caption."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_BACKGROUND, _TEXT_LEVEL, _TRACK, _PROGRESS = 255, 32, 224, 96
"""Gray levels: background and text of the caption band, progress bar, its completed part."""

FRAME_WIDTH = 480
"""Recommended width in pixels; smaller than a single image grid, because a GIF stores many frames."""

_TEXT_SIZE = 20
_BAR_HEIGHT = 6
_BAND_HEIGHT = 44
_PADDING = 4
"""Horizontal padding of the band in pixels; equals the margin of the image grid."""


def animation_frames(pictures: Sequence[Image.Image], captions: Sequence[str]) -> list[Image.Image]:
    """Returns the images, each with a progress bar and a caption below.

    Args:
        pictures: Images, gray or RGB, of one size.
        captions: One line per image, such as "step 1,200 · epoch 28". Pillow's default font supports ASCII and "·".

    Raises:
        ValueError: If there are no images, or the number of captions differs.
    """
    if not pictures or len(pictures) != len(captions):
        raise ValueError(
            f"An animation requires at least 1 image and one caption each, not {len(pictures)} images and "
            f"{len(captions)} captions."
        )
    fractions = np.linspace(0, 1, len(pictures)) if len(pictures) > 1 else [1.0]
    return [
        _with_caption(picture, caption, float(fraction))
        for picture, caption, fraction in zip(pictures, captions, fractions, strict=True)
    ]


def _with_caption(picture: Image.Image, caption: str, fraction: float) -> Image.Image:
    """Returns the image with a band below: a progress bar, filled to ``fraction``, and a line of text."""
    mode, (width, height) = picture.mode, picture.size
    result = Image.new(mode, (width, height + _BAND_HEIGHT), _colour(mode, _BACKGROUND))
    result.paste(picture, (0, 0))
    draw = ImageDraw.Draw(result)
    left, right, top = _PADDING, width - _PADDING - 1, height
    draw.rectangle((left, top, right, top + _BAR_HEIGHT - 1), fill=_colour(mode, _TRACK))
    if fraction > 0:
        done = left + round((right - left) * fraction)
        draw.rectangle((left, top, done, top + _BAR_HEIGHT - 1), fill=_colour(mode, _PROGRESS))
    middle = top + (_BAR_HEIGHT + _BAND_HEIGHT) // 2
    font = ImageFont.load_default(_TEXT_SIZE)
    draw.text((left, middle), caption, fill=_colour(mode, _TEXT_LEVEL), font=font, anchor="lm")
    return result


def _colour(mode: str, level: int) -> int | tuple[int, int, int]:
    """Returns a gray level as a colour of an image mode."""
    return level if mode == "L" else (level, level, level)
