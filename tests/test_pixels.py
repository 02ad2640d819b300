import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines import pixels as module
from gan_pipelines.pixels import StoredPixels, normalise, to_bytes


@pytest.fixture
def image_bytes() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (11, 5, 4, 3), np.uint8)


@pytest.fixture
def stored(image_bytes: NDArray[np.uint8], tmp_path: Path) -> StoredPixels:
    image_bytes.tofile(tmp_path / "bytes")
    return StoredPixels(np.memmap(tmp_path / "bytes", np.uint8, "r", shape=image_bytes.shape))


def test_every_byte_survives_the_round_trip() -> None:
    every_byte = np.arange(256, dtype=np.uint8)
    normalised = normalise(every_byte)
    assert normalised.dtype == np.float32
    assert (normalised[0], normalised[-1]) == (-1.0, 1.0)
    np.testing.assert_array_equal(to_bytes(normalised), every_byte)


def test_bytes_are_rounded_and_clipped() -> None:
    assert to_bytes(np.array([-1.5, 1.5, 0.0, 0.005], dtype=np.float32)).tolist() == [0, 255, 128, 128]


def test_stored_pixels_look_like_the_normalised_array(image_bytes: NDArray[np.uint8], stored: StoredPixels) -> None:
    normalised = normalise(image_bytes)
    assert (stored.shape, stored.ndim, len(stored)) == (normalised.shape, normalised.ndim, len(normalised))
    assert (stored.dtype, stored.nbytes) == (normalised.dtype, normalised.nbytes)
    np.testing.assert_array_equal(np.asarray(stored), normalised, strict=True)
    np.testing.assert_array_equal(np.asarray(stored, np.float64), normalised.astype(np.float64), strict=True)


@pytest.mark.parametrize(
    "indices",
    [3, -1, slice(2, 7), slice(None), slice(8, 99), np.array([5, 0, 5]), np.array([[1, 2], [9, 0]], np.int32), []],
    ids=str,
)
def test_stored_pixels_are_indexed_like_the_array(
    indices: Any,
    image_bytes: NDArray[np.uint8],
    stored: StoredPixels,
) -> None:
    indices = np.array(indices, np.int64) if isinstance(indices, list) else indices
    assert {type(stored[indices]), type(stored.bytes_at(indices))} == {np.ndarray}
    np.testing.assert_array_equal(stored[indices], normalise(image_bytes[indices]), strict=True)
    np.testing.assert_array_equal(stored.bytes_at(indices), image_bytes[indices], strict=True)


def test_stored_pixels_cannot_be_changed(stored: StoredPixels) -> None:
    with pytest.raises(ValueError, match="read-only"):
        stored.bytes_at(slice(0, 1))[:] = 0


@pytest.mark.parametrize("chunk_bytes", [1, 130, 2**24])
def test_the_digest_is_that_of_the_array(
    chunk_bytes: int, image_bytes: NDArray[np.uint8], stored: StoredPixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHUNK_BYTES", chunk_bytes)
    assert stored.sha256() == hashlib.sha256(normalise(image_bytes).tobytes()).hexdigest()


def test_nothing_but_bytes_is_taken_for_stored_pixels() -> None:
    with pytest.raises(TypeError, match="float32"):
        StoredPixels(np.zeros((2, 3, 3, 1), np.float32))


def test_an_array_is_no_view_of_stored_pixels(stored: StoredPixels) -> None:
    with pytest.raises(ValueError, match="copy"):
        np.asarray(stored, copy=False)
