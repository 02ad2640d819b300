"""Pictures and animations that kedro-viz shows."""

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
"""As many as a GIF's table of colours holds."""

_PALETTE_FRAMES = 16
"""From about so many frames, evenly over the animation, its colours are chosen."""

_LAST_FRAME_FACTOR = 8
"""The result is shown so many times as long as a moment on the way to it."""


class PictureDataset(AtomicFileDataset[Image.Image]):
    """A picture as PNG, without loss.

    Args:
        filepath: Ends in ``.png``.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    SUFFIX: ClassVar[str] = ".png"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def preview(self) -> ImagePreview:
        """Returns the file in base64, as kedro-viz shows it."""
        return _in_base64(self._verified_path())

    def _write(self, path: Path, data: Image.Image) -> None:
        data.save(path, format="PNG")

    def _read(self, path: Path) -> Image.Image:
        with Image.open(path, formats=["PNG"]) as picture:
            return picture.copy()


class AnimationDataset(AtomicFileDataset[Sequence[Image.Image]]):
    """Pictures of one size as a GIF that plays over and over and rests on the last one.

    Gray pictures are stored without loss; others share the 256 colours that suit them best. A picture equal to the one
    before only lengthens it, and is not loaded again.

    Args:
        filepath: Ends in ``.gif``.
        milliseconds: That each picture is shown; a multiple of 10, as GIF counts in hundredths of a second.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.

    Raises:
        UserError: Browsers cannot show pictures for so many milliseconds.
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
                f"{filepath}: milliseconds is {milliseconds!r}; a multiple of 10 from 20 to 8000 is needed, as GIF "
                "counts in hundredths of a second and browsers slow down what is faster."
            )
        self._milliseconds = milliseconds

    def preview(self) -> ImagePreview:
        """Returns the file in base64; browsers find out by themselves that it is a GIF, and play it."""
        return _in_base64(self._verified_path())

    def _write(self, path: Path, data: Sequence[Image.Image]) -> None:
        if len({picture.size for picture in data}) != 1:
            raise ValueError(f"An animation takes pictures of one size; found {[picture.size for picture in data]}.")
        first, *others = _with_common_colours(data)
        durations = [self._milliseconds] * len(others) + [self._milliseconds * _LAST_FRAME_FACTOR]
        first.save(path, format="GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=False)

    def _read(self, path: Path) -> list[Image.Image]:
        with Image.open(path, formats=["GIF"]) as animation:
            # Pillow gives pictures after a gray first one in other modes.
            mode = "L" if animation.mode == "L" else "RGB"
            return [frame.convert("RGB").convert(mode) for frame in ImageSequence.Iterator(animation)]

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "milliseconds": self._milliseconds}


def _with_common_colours(frames: Sequence[Image.Image]) -> list[Image.Image]:
    """Returns gray frames as they are, and others in the palette that suits all of them."""
    if all(frame.mode == "L" for frame in frames):
        return list(frames)
    coloured = [frame.convert("RGB") for frame in frames]
    # Backwards, so that the last frame, which is looked at longest, is among the chosen.
    chosen = coloured[:: -max(1, len(coloured) // _PALETTE_FRAMES)]
    width, height = coloured[0].size
    together = Image.new("RGB", (width, height * len(chosen)))
    for index, frame in enumerate(chosen):
        together.paste(frame, (0, height * index))
    palette = together.quantize(_COLOURS)
    return [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in coloured]


def _in_base64(path: Path) -> ImagePreview:
    return ImagePreview(base64.b64encode(path.read_bytes()).decode("ascii"))
