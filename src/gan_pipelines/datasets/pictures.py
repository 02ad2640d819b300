"""Datasets of images and animations with previews in kedro-viz."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from kedro.io import Version
from kedro_datasets._typing import ImagePreview
from PIL import Image, ImageSequence

from gan_pipelines.datasets.atomic_file import AtomicFileDataset
from gan_pipelines.errors import UserError

_COLOURS = 256
"""Size of a GIF palette."""

_PALETTE_FRAMES = 16
"""Approximate number of evenly spaced frames from which the palette is computed."""

_LAST_FRAME_FACTOR = 8
"""Duration of the last frame as a multiple of the others'."""


class PictureDataset(AtomicFileDataset[Image.Image]):
    """Image as PNG (lossless).

    Args:
        filepath: Path that ends in ``.png``.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
    """

    SUFFIX: ClassVar[str] = ".png"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def preview(self) -> ImagePreview:
        """Returns the file in base64."""
        return _in_base64(self._verified_path())

    def _write(self, path: Path, data: Image.Image) -> None:
        data.save(path, format="PNG")

    def _read(self, path: Path) -> Image.Image:
        with Image.open(path, formats=["PNG"]) as picture:
            return picture.copy()


class AnimationDataset(AtomicFileDataset[Sequence[Image.Image]]):
    """Images of one size as an endless GIF that shows the last frame for longer.

    Gray images are stored losslessly; others are quantised to a common palette of 256 colours. Consecutive equal images
    are merged into one frame with a longer duration, so fewer images may be loaded than were saved.

    Args:
        filepath: Path that ends in ``.gif``.
        milliseconds: Duration of a frame; a multiple of 10, since the unit of GIF is 1/100 s.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.

    Raises:
        UserError: If ``milliseconds`` is not a multiple of 10 from 20 to 8000.
    """

    SUFFIX: ClassVar[str] = ".gif"

    def __init__(
        self,
        *,
        filepath: str,
        milliseconds: int = 250,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        if milliseconds not in range(20, 8_001, 10):
            raise UserError(
                f"{filepath}: milliseconds is {milliseconds!r}; a multiple of 10 from 20 to 8000 is required: the "
                "unit of GIF is 1/100 s, and browsers slow down frames shorter than 20 ms."
            )
        self._milliseconds = milliseconds

    def preview(self) -> ImagePreview:
        """Returns the file in base64; browsers detect the GIF format."""
        return _in_base64(self._verified_path())

    def _write(self, path: Path, data: Sequence[Image.Image]) -> None:
        if len({picture.size for picture in data}) != 1:
            raise ValueError(f"An animation requires images of one size; found {[picture.size for picture in data]}.")
        first, *others = _with_common_colours(data)
        durations = [self._milliseconds] * len(others) + [self._milliseconds * _LAST_FRAME_FACTOR]
        first.save(path, format="GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=False)

    def _read(self, path: Path) -> list[Image.Image]:
        with Image.open(path, formats=["GIF"]) as animation:
            # After a gray first frame, Pillow returns frames in other modes.
            mode = "L" if animation.mode == "L" else "RGB"
            return [frame.convert("RGB").convert(mode) for frame in ImageSequence.Iterator(animation)]

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "milliseconds": self._milliseconds}


def _with_common_colours(frames: Sequence[Image.Image]) -> list[Image.Image]:
    """Returns gray frames unchanged, and others quantised to a common palette."""
    if all(frame.mode == "L" for frame in frames):
        return list(frames)
    rgb_frames = [frame.convert("RGB") for frame in frames]
    # From the end, so that the last frame, which is shown longest, is included.
    chosen = rgb_frames[:: -max(1, len(rgb_frames) // _PALETTE_FRAMES)]
    width, height = rgb_frames[0].size
    combined = Image.new("RGB", (width, height * len(chosen)))
    for index, frame in enumerate(chosen):
        combined.paste(frame, (0, height * index))
    palette = combined.quantize(_COLOURS)
    return [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in rgb_frames]


def _in_base64(path: Path) -> ImagePreview:
    return ImagePreview(base64.b64encode(path.read_bytes()).decode("ascii"))
