import io
import resource
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.sources.image_decoding import (
    ANIMATED,
    DECODER_WARNED,
    ENLARGED,
    MAXIMUM_BYTES,
    RejectedImageError,
    read_image,
)

GRADIENT = np.add.outer(np.arange(16) * 10, np.arange(16) * 5).astype(np.uint8)


def saved(folder: Path, image: Image.Image, name: str = "image.png", **options: object) -> Path:
    image.save(folder / name, **options)
    return folder / name


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data

    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, "WEBP", lossless=True)
    frame = stream.getvalue()[12:]
    side = struct.pack("<I", 15)[:3]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    parts = [
        chunk(b"VP8X", bytes([2, 0, 0, 0]) + canvas),
        chunk(b"ANIM", bytes(6)),
        chunk(b"ANMF", bytes(6) + side + side + bytes(4) + frame),
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("RGB", (10, 100, 200), (10, 100, 200)),
        ("L", 77, (77, 77, 77)),
        ("1", 1, (255, 255, 255)),
        ("LA", (40, 255), (40, 40, 40)),
        ("LA", (40, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 255), (200, 0, 0)),
        ("RGBA", (200, 0, 0, 51), (244, 204, 204)),
    ],
)
def test_kinds_of_pixels(tmp_path: Path, mode: str, value: object, expected: tuple[int, int, int]) -> None:
    path = saved(tmp_path, Image.new(mode, (16, 16), value))
    assert (read_image(path, 8, "rgb").pixels == expected).all()


def test_gray_is_the_luminance(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (16, 16), (255, 0, 0)))
    pixels = read_image(path, 8, "gray").pixels
    assert pixels.shape == (8, 8, 1)
    assert (pixels == 76).all()


def test_palette_with_and_without_transparency(tmp_path: Path) -> None:
    palette = Image.new("P", (16, 16), 1)
    palette.putpalette([0, 0, 0, 30, 60, 90])
    assert (read_image(saved(tmp_path, palette), 8, "rgb").pixels == (30, 60, 90)).all()
    transparent = saved(tmp_path, palette, "transparent.png", transparency=1)
    assert (read_image(transparent, 8, "rgb").pixels == 255).all()


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "image.jpg", quality=100)
    red, green, blue = read_image(path, 8, "rgb").pixels[0, 0].astype(int)
    assert (red > 245, green < 10, blue < 10) == (True, True, True)


def test_sixteen_bit_ramp_keeps_its_grays(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (256, 1))
    pixels = read_image(saved(tmp_path, Image.fromarray(ramp)), 256, "gray").pixels
    np.testing.assert_array_equal(pixels[0, :, 0], np.arange(256))


def test_sixteen_bit_transparency_is_white(tmp_path: Path) -> None:
    grays = np.full((16, 16), 1000, dtype=np.uint16)
    path = saved(tmp_path, Image.fromarray(grays), transparency=1000)
    assert (read_image(path, 8, "gray").pixels == 255).all()


def test_all_exif_orientations_give_one_array(tmp_path: Path) -> None:
    upright = Image.fromarray(np.repeat(GRADIENT[:, :10, None], 3, axis=2))
    undone = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    arrays = []
    for orientation, transpose in undone.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = upright if transpose is None else upright.transpose(transpose)
        arrays.append(read_image(saved(tmp_path, stored, f"{orientation}.png", exif=exif), 8, "rgb").pixels)
    assert all(np.array_equal(arrays[0], array) for array in arrays[1:])


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animation_gives_its_first_frame(tmp_path: Path, kind: str) -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    path = saved(
        tmp_path, first, "image.png", format=kind, save_all=True, append_images=[second], duration=50, lossless=True
    )
    decoded = read_image(path, 8, "rgb")
    assert (decoded.pixels == (255, 0, 0)).all()
    assert decoded.remarks == (ANIMATED,)


def test_image_of_the_wanted_size_is_unchanged(tmp_path: Path) -> None:
    pixels = read_image(saved(tmp_path, Image.fromarray(GRADIENT)), 16, "gray").pixels
    np.testing.assert_array_equal(pixels[..., 0], GRADIENT)


def test_middle_square_is_taken_of_a_panorama(tmp_path: Path) -> None:
    panorama: NDArray[np.uint8] = np.zeros((10, 5000), dtype=np.uint8)
    panorama[:, 2495:2505] = 200
    decoded = read_image(saved(tmp_path, Image.fromarray(panorama)), 16, "gray")
    assert (decoded.pixels == 200).all()
    assert decoded.remarks == (ENLARGED,)


@pytest.mark.parametrize("name", ["board.png", "board.jpg"])
def test_fine_patterns_are_averaged_not_sampled(tmp_path: Path, name: str) -> None:
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = read_image(saved(tmp_path, Image.fromarray(board), name), 32, "gray").pixels.astype(int)
    assert np.abs(pixels - 127.5).max() < 10


def test_format_is_known_by_content(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(GRADIENT), "photo.jpg", format="PNG")
    np.testing.assert_array_equal(read_image(path, 16, "gray").pixels[..., 0], GRADIENT)


def test_metadata_warning_is_a_remark(tmp_path: Path) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01\x03\0\x01\0\0\0\x01"
    path = saved(tmp_path, Image.fromarray(GRADIENT), "photo.jpg", exif=exif)
    assert read_image(path, 8, "gray").remarks == (DECODER_WARNED,)


def test_broken_content_is_rejected_with_a_reason(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.fromarray(GRADIENT).resize((200, 200)).save(stream, "JPEG")
    jpeg = stream.getvalue()
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n%%EndComments\nshowpage\n"
    contents = {
        "empty file": b"",
        "content is none of JPEG, PNG": b"plain text",
        "image file is truncated": jpeg[: len(jpeg) // 2],
        "content is none of": eps,
    }
    for reason, content in contents.items():
        (tmp_path / "photo.jpg").write_bytes(content)
        with pytest.raises(RejectedImageError, match=reason):
            read_image(tmp_path / "photo.jpg", 8, "rgb")


@pytest.mark.parametrize("size", [(1, 1), (7, 100), (100, 7)])
def test_tiny_images_are_rejected(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(RejectedImageError, match=f"{size[0]}x{size[1]} pixels; each side needs at least 8"):
        read_image(saved(tmp_path, Image.new("L", size)), 8, "rgb")


@pytest.mark.parametrize(
    "content",
    [png_claiming(30000, 30000), png_claiming(12000, 12000), png_claiming(9000, 9000), webp_claiming(12000, 12000)],
    ids=["PNG 30000", "PNG 12000", "PNG 9000", "WebP 12000"],
)
def test_pixel_bombs_are_refused_before_they_are_decoded(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bomb.png").write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RejectedImageError, match=r"32,000,000"):
        read_image(tmp_path / "bomb.png", 64, "rgb")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(GRADIENT), "photo.jpg")
    with path.open("r+b") as file:
        file.truncate(MAXIMUM_BYTES + 1)
    with pytest.raises(RejectedImageError, match="50,000,001 bytes; at most 50,000,000"):
        read_image(path, 8, "rgb")


@pytest.mark.parametrize("marker", ["scan", "metadata"])
def test_jpeg_that_keeps_a_decoder_busy_is_refused(tmp_path: Path, marker: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG", progressive=True)
    jpeg = stream.getvalue()
    if marker == "scan":
        jpeg = jpeg[:-2] + jpeg[jpeg.rindex(b"\xff\xda") : -2] * 1000 + jpeg[-2:]
    else:
        jpeg = jpeg[:2] + (b"\xff\xe1" + struct.pack(">H", 12) + b"Exif\0\0abcd") * 2000 + jpeg[2:]
    (tmp_path / "photo.jpg").write_bytes(jpeg)
    with pytest.raises(RejectedImageError, match="more scans or metadata segments"):
        read_image(tmp_path / "photo.jpg", 8, "rgb")
