"""One image file to pixels: every limit is checked before the decoder runs, every kind of pixel is converted by rule.

Limits: 50 MB a file, 32 megapixels, at least 8 pixels a side. Formats: JPEG, PNG, BMP, GIF and WebP by content,
whatever the name says; others, such as EPS, which runs a program, are never opened.
"""

import io
import warnings
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP")
MAXIMUM_BYTES = 50_000_000
MAXIMUM_PIXELS = 32_000_000
SMALLEST_SIDE = 8
# The reducing step of the resize keeps at least this many source pixels per wanted pixel, for the filter to work on.
REDUCING_GAP = 3.0
# A scan costs a pass over the whole picture and a metadata segment a copy of all before it, though each may take a few
# bytes of the file: thousands of them would keep the decoder busy for hours. Cameras and programs write about ten.
JPEG_MARKER_LIMITS = {b"\xff\xda": 500, b"\xff\xe1": 1_000}

ANIMATED = "animated; the first frame is used"
ENLARGED = "smaller than the wanted size; enlarged"
DECODER_WARNED = "read, but the decoder warned about metadata"


class RejectedImageError(Exception):
    """A file that gives no image; the message is the reason."""


class DecodedImage(NamedTuple):
    """An image as the sources hand it over.

    Args:
        pixels: ``(size, size, channels)``, uint8 in [0, 255].
        remarks: What happened to it that is worth a note.
    """

    pixels: NDArray[np.uint8]
    remarks: tuple[str, ...]


def read_image(path: Path, size: int, colour: Literal["gray", "rgb"]) -> DecodedImage:
    """Reads an image file, turns it upright, crops the middle square and resizes it with antialiasing.

    Sixteen-bit grays are scaled to eight bits, transparency is laid on white, CMYK, palettes and bitmaps become RGB or
    gray, an animation gives its first frame, and the EXIF orientation is applied. Colour profiles are not applied.

    Args:
        path: A regular file.
        size: Wanted width and height in pixels.
        colour: ``gray`` gives one channel, ``rgb`` three.

    Raises:
        RejectedImageError: The file is unreadable, broken, none of the formats, or beyond the limits.
    """
    data = _bounded_bytes(path)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pixels, remarks = _decoded(data, size, colour)
    except RejectedImageError:
        raise
    except Image.DecompressionBombError as error:
        raise RejectedImageError(f"more than {MAXIMUM_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise RejectedImageError(f"its content is none of {', '.join(FORMATS)}") from error
    except Exception as error:
        # A decoder may raise anything on a broken file; it costs this file only.
        raise RejectedImageError(f"cannot be decoded: {str(error) or type(error).__name__}") from error
    return DecodedImage(pixels, (*remarks, DECODER_WARNED) if caught else remarks)


def _bounded_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise RejectedImageError(f"{size:,} bytes; at most {MAXIMUM_BYTES:,} are read")
        with path.open("rb") as file:
            data = file.read(size)
    except OSError as error:
        raise RejectedImageError(f"cannot be read: {error.strerror}") from error
    if not data:
        raise RejectedImageError("empty file")
    if data.startswith(b"\xff\xd8") and any(data.count(marker) > most for marker, most in JPEG_MARKER_LIMITS.items()):
        raise RejectedImageError("a JPEG of more scans or metadata segments than any honest one has")
    return data


def _decoded(data: bytes, size: int, colour: Literal["gray", "rgb"]) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAXIMUM_PIXELS:
            raise RejectedImageError(f"{width}x{height} pixels; at most {MAXIMUM_PIXELS:,} in all are read")
        if min(width, height) < SMALLEST_SIDE:
            raise RejectedImageError(f"{width}x{height} pixels; each side needs at least {SMALLEST_SIDE}")
        remarks = []
        if getattr(image, "is_animated", False):
            remarks.append(ANIMATED)
        if min(width, height) < size:
            remarks.append(ENLARGED)
        # A JPEG decodes at a half, a quarter or an eighth of its size at a fraction of the cost; others ignore this.
        image.draft(None, (int(size * REDUCING_GAP), int(size * REDUCING_GAP)))
        ImageOps.exif_transpose(image, in_place=True)
        upright = _converted(image, "RGB" if colour == "rgb" else "L")
    return _square(upright, size), tuple(remarks)


def _converted(image: Image.Image, mode: Literal["RGB", "L"]) -> Image.Image:
    """Returns the picture in 8-bit RGB or gray, by an explicit rule for each kind of pixel."""
    if image.mode.startswith("I;16"):
        return _from_sixteen_bits(image).convert(mode)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white.convert(mode)
    if image.mode == "CMYK":
        return image.convert("RGB").convert(mode)
    if image.mode in ("1", "L", "P", "RGB"):
        return image.convert(mode)
    raise RejectedImageError(f"pixels of the kind {image.mode}; none of the known conversions fits")


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    grays = np.asarray(image).astype(np.uint32)
    eight_bits = ((grays + 128) // 257).astype(np.uint8)
    if "transparency" in image.info:
        eight_bits[grays == image.info["transparency"]] = 255
    return Image.fromarray(eight_bits)


def _square(image: Image.Image, size: int) -> NDArray[np.uint8]:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    # Cropping comes first: the filter of a resize with a box looks beyond the box.
    square = image.crop((left, top, left + side, top + side))
    resized = square.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
    return np.asarray(resized).reshape(size, size, -1)
