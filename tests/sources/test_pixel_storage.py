import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines import pixels as pixels_module
from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources import ImageSet, ImagesParameters, read_images, split_images
from gan_pipelines.sources.pixel_storage import store_pixels
from tests.forking import fork

SHAPE = (9, 8, 3)


def noise(images: int) -> NDArray[np.uint8]:
    return np.random.default_rng(images).integers(0, 256, (images, *SHAPE), np.uint8)


def assert_equal_but_stored(stored: ImageSet, in_memory: ImageSet) -> None:
    assert isinstance(stored.pixels, StoredPixels)
    assert isinstance(stored.pixels.mapped, np.memmap)
    assert isinstance(in_memory.pixels, np.ndarray)
    np.testing.assert_array_equal(stored.pixels.mapped, in_memory.pixels, strict=True)
    for name in ("labels", "is_heldout"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(in_memory, name))
    assert stored.class_names == in_memory.class_names


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two images at a time."""
    monkeypatch.setattr(pixels_module, "_CHUNK_BYTES", 2 * int(np.prod(SHAPE)))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("parts", [[noise(3)], [noise(1)[0], noise(2), noise(1)], [noise(4)[::-2]]], ids=str)
def test_parts_come_back_one_after_the_other(parts: list[NDArray[np.uint8]]) -> None:
    stored = store_pixels(iter(parts), SHAPE)
    assert isinstance(stored.mapped, np.memmap)
    np.testing.assert_array_equal(stored.mapped, np.concatenate([part.reshape(-1, *SHAPE) for part in parts]))


def test_no_images_are_no_file() -> None:
    assert store_pixels([], SHAPE).shape == (0, *SHAPE)


def test_the_file_has_no_name_and_lies_where_the_user_says(temporary: Path) -> None:
    stored = store_pixels([noise(40)], SHAPE)
    assert not [*temporary.iterdir()]
    maps = Path("/proc/self/maps")
    if maps.exists():
        assert any(f"{temporary}/" in line and "(deleted)" in line for line in maps.read_text("utf8").splitlines())
    assert len(stored) == 40


def test_a_folder_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    with pytest.raises(UserError, match=r"temporary file in .*gone: No such file .* TMPDIR"):
        store_pixels([noise(1)], SHAPE)


def test_a_full_disk_is_told_with_the_way_out(temporary: Path) -> None:
    child = fork()
    if not child:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        with pytest.raises(UserError, match=r"temporary file in .*: File too large.* images\.limit or images\.size"):
            store_pixels([noise(100)], SHAPE)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    # Where runs are observed, the first fork makes a folder for the reports of its children.
    assert not [path for path in temporary.iterdir() if not path.name.startswith("observed-")]


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("indices", [[], [4], [4, 0, 0, 2, 1], [*range(5)]], ids=str)
def test_images_are_taken_as_from_memory(indices: list[int]) -> None:
    in_memory = ImageSet(noise(5), np.arange(5) % 2, ("even", "odd"), np.arange(5) > 2)
    stored = replace(in_memory, pixels=store_pixels([in_memory.pixels], SHAPE))
    positions = np.array(indices, np.int64)
    if indices:
        assert_equal_but_stored(stored.take(positions), in_memory.take(positions))
    else:
        assert len(stored.take(positions)) == 0


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("labels", [None, np.arange(40) % 3])
@pytest.mark.parametrize("is_heldout", [None, np.arange(40) % 7 == 0])
def test_a_set_is_divided_as_in_memory(labels: NDArray | None, is_heldout: NDArray | None) -> None:
    pixels = noise(40)
    pixels[[3, 14, 22]] = pixels[[30, 7, 21]]
    in_memory = ImageSet(pixels, labels, () if labels is None else ("a", "b", "c"), is_heldout)
    stored = replace(in_memory, pixels=store_pixels([pixels], SHAPE))
    *of_stored, stored_report = split_images(stored, 0.25, seed=3)
    *of_memory, report = split_images(in_memory, 0.25, seed=3)
    assert stored_report == report
    assert sum(report["duplicates_removed"].values()) == 3
    for one, other in zip(of_stored, of_memory, strict=True):
        assert_equal_but_stored(one, other)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(12):
        path = tmp_path / "photos" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise(number + 1)[0]).resize((20, 16)).save(path)
    (tmp_path / "photos" / "b" / "11.png").write_text("no picture", "utf8")
    return tmp_path / "photos"


@pytest.mark.parametrize("others", [{}, {"limit": 5, "seed": 2}, {"colour": "gray", "size": 11}], ids=str)
def test_a_folder_is_read_as_into_memory(photos: Path, others: dict) -> None:
    given = {"source": "image_folder", "path": str(photos), "max_bad_fraction": 0.5, **others}
    stored, stored_report = read_images(ImagesParameters.model_validate({**given, "storage": "disk"}))
    in_memory, report = read_images(ImagesParameters.model_validate({**given, "storage": "memory"}))
    assert_equal_but_stored(stored, in_memory)
    assert stored_report == report
    assert report["rejected"]["count"] == (0 if len(in_memory) == 5 else 1)


def test_a_folder_without_a_good_file_is_the_same_error_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "bad.png").touch()
    with pytest.raises(UserError, match="No image is left"):
        read_images(ImagesParameters(source="image_folder", path=str(tmp_path), storage="disk"))


@pytest.mark.parametrize(
    ("storage", "memory_limit", "is_stored"),
    [
        ("auto", 2.0, False),
        ("auto", 4 * 11 * 96 * 96 * 3 / 2**30, True),
        ("auto", 4 * 12 * 96 * 96 * 3 / 2**30, False),  # the file that turns out to be bad is counted
        ("memory", 0.0, False),
        ("disk", 2.0, True),
    ],
)
def test_the_size_decides_or_the_user(photos: Path, storage: str, memory_limit: float, *, is_stored: bool) -> None:
    parameters = {"source": "image_folder", "path": str(photos), "max_bad_fraction": 0.5}
    chosen = {"storage": storage, "memory_limit": memory_limit}
    images, _ = read_images(ImagesParameters.model_validate(parameters | chosen))
    assert isinstance(images.pixels, StoredPixels) is is_stored


@pytest.mark.parametrize("source", ["digits", "stacked", "synthetic_fruit"])
def test_every_source_can_be_put_on_the_disk(source: str) -> None:
    stored, in_memory = (
        read_images(ImagesParameters.model_validate({"source": source, "limit": 20, "size": 16, "storage": storage}))[0]
        for storage in ("disk", "memory")
    )
    assert_equal_but_stored(stored, in_memory)
