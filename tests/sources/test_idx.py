import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import MAXIMUM_BYTES
from gan_pipelines.sources.idx import read_idx_images, read_idx_labels

from .conftest import idx_bytes

IMAGES = np.arange(2 * 28 * 28, dtype=np.int64).reshape(2, 28, 28).astype(np.uint8)
HEADER = struct.pack(">4I", 0x803, 2, 28, 28)
COMPRESSED = gzip.compress(idx_bytes(IMAGES))


def written(folder: Path, content: bytes) -> Path:
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [idx_bytes(IMAGES), COMPRESSED], ids=["plain", "gzip"])
def test_compression_is_recognised_by_content(tmp_path: Path, content: bytes) -> None:
    np.testing.assert_array_equal(read_idx_images(written(tmp_path, content)), IMAGES)


def test_labels_are_read(tmp_path: Path) -> None:
    labels: NDArray[np.uint8] = np.array([3, 1, 4], dtype=np.uint8)
    assert read_idx_labels(written(tmp_path, idx_bytes(labels))).tolist() == [3, 1, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file of images"),
        (b"<html>not found</html>", "not an IDX file of images: it starts with 0x3c68746d"),
        (idx_bytes(np.zeros(5, dtype=np.uint8)), "contains labels, expected images"),
        (HEADER[:9], "ends within its header"),
        (struct.pack(">4I", 0x803, 0, 28, 28), r"declares the empty shape \(0, 28, 28\)"),
        (struct.pack(">4I", 0x803, 2**31, 28, 28), "declares 1,683,627,180,032 bytes; at most"),
        (HEADER + bytes(100), "data end after 100 of the 1,568 bytes"),
        (HEADER + bytes(1569), "data continue after the 1,568 bytes"),
        (COMPRESSED[:-12], "compressed data end early"),
        (COMPRESSED[:-8] + bytes(4) + COMPRESSED[-4:], "compressed data are damaged .CRC check failed"),
        (COMPRESSED[:40] + b"\xff\x00\xff" + COMPRESSED[43:], "compressed data are damaged"),
        (COMPRESSED + b"rubbish", "compressed data are damaged"),
    ],
    ids=[
        "empty", "web page", "labels", "short header", "no images", "2^31 images", "short", "long",
        "truncated gzip", "checksum", "flipped bits", "rubbish behind",
    ],
)  # fmt: skip
def test_damage_is_named_with_its_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UserError, match=message) as caught:
        read_idx_images(path)
    assert str(path) in str(caught.value)


def test_swapped_files_are_recognised_from_the_labels_side(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="contains images, expected labels"):
        read_idx_labels(written(tmp_path, COMPRESSED))


def test_gzip_bomb_is_left_after_the_announced_bytes(tmp_path: Path) -> None:
    bomb = written(tmp_path, gzip.compress(HEADER + bytes(300_000_000), compresslevel=1))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="data continue after"):
            read_idx_images(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("compressed", [False, True])
def test_large_header_over_few_bytes_allocates_nothing(tmp_path: Path, compressed: bool) -> None:
    content = struct.pack(">4I", 0x803, MAXIMUM_BYTES // 1024, 32, 32) + bytes(1000)
    path = written(tmp_path, gzip.compress(content) if compressed else content)
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="data end after 1,000 of"):
            read_idx_images(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="not a regular file"):
        read_idx_images(tmp_path / "pipe")


def test_unreadable_file_is_a_user_error(tmp_path: Path) -> None:
    path = written(tmp_path, COMPRESSED)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(UserError, match="cannot be read"):
        read_idx_images(path)
