"""Decoding of one image file: limits are checked before the decoder runs, each pixel mode has a conversion rule.

Limits: 50 MB per file, 32 megapixels, at least 8 pixels per side. Formats: JPEG, PNG, BMP, GIF and WebP, detected by
content, not by name; other formats, such as EPS, which runs a program, are never opened.
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
# The fast reduction before the resize filter keeps at least this many source pixels per output pixel, along each axis.
REDUCING_GAP = 3.0
# Each scan costs a pass over the whole image, and each metadata segment a copy of all earlier ones, although each needs
# only a few bytes of the file: thousands of them would keep the decoder busy for hours. Typical files have about ten.
JPEG_MARKER_LIMITS = {b"\xff\xda": 500, b"\xff\xe1": 1_000}
# A label map has at most as many colours, or gray levels, as this.
FEW_COLOURS = 256
FEW_GRAYS = 32
_GRAY_MODES = ("1", "L", "LA", "I;16", "I;16B", "I;16L", "I;16N")

ANIMATED = "animated; the first frame is used"
ENLARGED = "smaller than images.size; enlarged"
DECODER_WARNED = "decoded with a warning about metadata"


class RejectedImageError(Exception):
    """Raised if a file cannot be used as an image; the message is the reason."""


class UprightImage(NamedTuple):
    """Whole image of a file, turned as its EXIF orientation says.

    Args:
        image: In mode ``RGB`` or ``L``.
        is_gray: Whether the file itself has no colours.
        remarks: Noteworthy events, such as an animation.
    """

    image: Image.Image
    is_gray: bool
    remarks: tuple[str, ...]


class DecodedImage(NamedTuple):
    """Decoded image.

    Args:
        pixels: ``(size, size, channels)``, uint8 in [0, 255].
        remarks: Noteworthy events, such as an enlargement.
    """

    pixels: NDArray[np.uint8]
    remarks: tuple[str, ...]


def read_image(
    path: Path, size: int, colour: Literal["gray", "rgb"], box: tuple[float, float, float, float] | None = None
) -> DecodedImage:
    """Reads an image file, applies its EXIF orientation, crops the central square and resizes it with antialiasing.

    16-bit gray is scaled to 8 bits, transparency is composited on white, CMYK, palettes and bitmaps are converted to
    RGB or gray, and the first frame of an animation is used. Colour profiles are ignored.

    Args:
        path: A regular file.
        size: Output width and height in pixels.
        colour: ``gray`` for one channel, ``rgb`` for three.
        box: Left, top, right and bottom of the part to use in place of the whole image, in pixels; what lies outside
            the image is left out.

    Raises:
        RejectedImageError: If the file cannot be read or decoded, has another format, or exceeds a limit; or if less
            than a pixel of the box is inside the image.
    """
    upright = read_upright(path, colour, reduced_to=size if box is None else None)
    image = upright.image if box is None else _part(upright.image, box)
    remarks = (*upright.remarks, ENLARGED) if min(image.size) < size else upright.remarks
    return DecodedImage(central_square(image, size), remarks)


def _part(image: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    left, top = (max(round(edge), 0) for edge in box[:2])
    right, bottom = (min(round(edge), limit) for edge, limit in zip(box[2:], image.size, strict=True))
    if right <= left or bottom <= top:
        raise RejectedImageError(f"{image.width}x{image.height} pixels, and its box is outside")
    return image.crop((left, top, right, bottom))


def read_upright(path: Path, colour: Literal["gray", "rgb"], reduced_to: int | None = None) -> UprightImage:
    """Reads an image file as `read_image` does, but neither crops nor resizes it.

    Args:
        path: A regular file.
        colour: ``gray`` for mode ``L``, ``rgb`` for mode ``RGB``.
        reduced_to: Width and height to which the caller will resize the image. A JPEG much larger than this is decoded
            at a fraction of its size, which is faster; no side gets shorter than this. Default: its full size.

    Raises:
        RejectedImageError: If the file cannot be read or decoded, has another format, or exceeds a limit.
    """
    data = _bounded_bytes(path)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            upright = _decoded(data, colour, reduced_to)
    except RejectedImageError:
        raise
    except Image.DecompressionBombError as error:
        raise RejectedImageError(f"more than {MAXIMUM_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise RejectedImageError(f"content is none of {', '.join(FORMATS)}") from error
    except Exception as error:
        # A decoder may raise any exception on a damaged file; only this file is rejected.
        raise RejectedImageError(f"cannot be decoded: {str(error) or type(error).__name__}") from error
    return upright._replace(remarks=(*upright.remarks, DECODER_WARNED)) if caught else upright


def _bounded_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise RejectedImageError(f"{size:,} bytes; at most {MAXIMUM_BYTES:,} are allowed")
        with path.open("rb") as file:
            data = file.read(size)
    except OSError as error:
        raise RejectedImageError(f"cannot be read: {error.strerror}") from error
    if not data:
        raise RejectedImageError("empty file")
    if data.startswith(b"\xff\xd8") and any(data.count(marker) > most for marker, most in JPEG_MARKER_LIMITS.items()):
        raise RejectedImageError("JPEG with more scans or metadata segments than allowed")
    return data


def _decoded(data: bytes, colour: Literal["gray", "rgb"], reduced_to: int | None) -> UprightImage:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAXIMUM_PIXELS:
            raise RejectedImageError(f"{width}x{height} pixels; at most {MAXIMUM_PIXELS:,} in total are allowed")
        if min(width, height) < SMALLEST_SIDE:
            raise RejectedImageError(f"{width}x{height} pixels; each side needs at least {SMALLEST_SIDE}")
        remarks = (ANIMATED,) if getattr(image, "is_animated", False) else ()
        is_gray = image.mode in _GRAY_MODES
        if reduced_to is not None:
            # JPEG decodes at 1/2, 1/4 or 1/8 of its size at a fraction of the cost; other formats ignore this.
            image.draft(None, (int(reduced_to * REDUCING_GAP), int(reduced_to * REDUCING_GAP)))
        ImageOps.exif_transpose(image, in_place=True)
        return UprightImage(_convert(image, "RGB" if colour == "rgb" else "L"), is_gray, remarks)


def _convert(image: Image.Image, mode: Literal["RGB", "L"]) -> Image.Image:
    """Converts an image to 8-bit RGB or gray, with an explicit rule for each pixel mode."""
    if image.mode.startswith("I;16"):
        return _from_16_bits(image).convert(mode)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white.convert(mode)
    if image.mode == "CMYK":
        return image.convert("RGB").convert(mode)
    if image.mode in ("1", "L", "P", "RGB"):
        return image.convert(mode)
    raise RejectedImageError(f"pixel mode {image.mode} is not supported")


def _from_16_bits(image: Image.Image) -> Image.Image:
    grays = np.asarray(image).astype(np.uint32)
    eight_bits = ((grays + 128) // 257).astype(np.uint8)
    if "transparency" in image.info:
        eight_bits[grays == image.info["transparency"]] = 255
    return Image.fromarray(eight_bits)


def central_square(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """Crops the central square and resizes it with antialiasing to ``(size, size, channels)``."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    # Crop first: with a box argument, the resize filter reads pixels outside the box.
    square = image.crop((left, top, left + side, top + side))
    return _resized(square, size, Image.Resampling.LANCZOS)


def resized_square(image: Image.Image, size: int, is_gray: bool) -> NDArray[np.uint8]:
    """Resizes a square image to ``(size, size, channels)``: a photo as `central_square` does, a label map by averaging.

    An image of few colours counts as a label map. Lanczos' filter would surround its areas with rims of colours that
    are in no class.

    Args:
        image: In mode ``RGB`` or ``L``.
        size: Output width and height in pixels.
        is_gray: Whether the file has no colours, so that even a photo has at most 256.
    """
    is_label_map = image.getcolors(FEW_GRAYS if is_gray or image.mode == "L" else FEW_COLOURS) is not None
    return _resized(image, size, Image.Resampling.BOX if is_label_map else Image.Resampling.LANCZOS)


def _resized(image: Image.Image, size: int, method: Image.Resampling) -> NDArray[np.uint8]:
    return np.asarray(image.resize((size, size), method, reducing_gap=REDUCING_GAP)).reshape(size, size, -1)
