"""Pictures below the captions that they were drawn from."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.reporting.contact_sheet import contact_sheet
from gan_pipelines.reporting.grid import image_grid

_ROW_WIDTH = 480
_COLUMNS = 2
_MARGIN = 4
_LONGEST = 58
"""Characters of a caption that fit above a row."""


def caption_sheet(captions: Sequence[str], pixels: NDArray[Any]) -> Image:
    """Returns a row of pictures for each caption, which stands above it; a long caption is cut.

    Args:
        captions: Captions.
        pixels: ``(captions, images, height, width, channels)``, uint8.
    """
    rows = [image_grid(row, len(row), margin=_MARGIN, target_width=_ROW_WIDTH) for row in pixels]
    shown = [text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..." for text in captions]
    return contact_sheet(rows, shown, columns=min(_COLUMNS, len(rows)))
