from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.sources import ImageSet, ImagesParameters, UpscalingImagesParameters, read_images
from gan_pipelines.sources.seeded_choice import seeded_subset
from tests.sources.pictures import array, noise, reasons, save, save_noise

SIDE = 16


def read(root: Path, **others: object) -> tuple[ImageSet, dict]:
    return read_images(UpscalingImagesParameters.model_validate({"path": str(root / "high"), "size": SIDE, **others}))


def with_low(root: Path, **others: object) -> tuple[ImageSet, dict]:
    return read(root, low_path=str(root / "low"), **others)


def reduced(picture: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC))


@pytest.mark.parametrize(("scale", "size"), [(4, None), (2, 32), (8, 32)])
def test_default_images_are_fruit_and_its_bicubic_reductions(scale: int, size: int | None) -> None:
    images, report = read_images(UpscalingImagesParameters(limit=3, scale=scale, size=size))
    single, _ = read_images(ImagesParameters(source="synthetic_fruit", limit=3, size=size))
    np.testing.assert_array_equal(images.pixels, single.pixels)
    low = (size or 96) // scale
    np.testing.assert_array_equal(images.partners, [reduced(picture, low) for picture in images.pixels])
    assert report["pairs"] == {"count": 3, "size": low, "channels": 3}
    assert report["available"] == 400


def test_gray_images(tmp_path: Path) -> None:
    images, _ = read_images(UpscalingImagesParameters(limit=2, colour="gray"))
    assert (images.pixels.shape, images.partners.shape) == ((2, 96, 96, 1), (2, 24, 24, 1))
    save_noise(tmp_path / "high", ["1.png"], (SIDE, SIDE), "L")
    images, _ = read(tmp_path, colour="gray")
    np.testing.assert_array_equal(images.partners[0, ..., 0], reduced(array(tmp_path / "high/1.png"), 4))


def test_images_of_a_folder_are_cropped_then_reduced(tmp_path: Path) -> None:
    save_noise(tmp_path / "high", ["b/2.png", "1.png"], (20, SIDE))
    images, report = read(tmp_path)
    squares = [array(tmp_path / "high" / name)[:, 2:18] for name in ("1.png", "b/2.png")]
    np.testing.assert_array_equal(images.pixels, squares)
    np.testing.assert_array_equal(images.partners, [reduced(square, 4) for square in squares])
    assert report["notes"] == ["Of images that are not square, the central square is used."]


def test_limit_reads_a_seeded_subset(tmp_path: Path) -> None:
    save_noise(tmp_path / "high", [f"{number}.png" for number in range(9)], (SIDE, SIDE))
    images, report = read(tmp_path, limit=4, seed=5)
    chosen = [array(tmp_path / f"high/{number}.png") for number in seeded_subset(9, 4, 5)]
    np.testing.assert_array_equal(images.pixels, chosen)
    assert (report["images"], report["available"]) == (4, 9)


@pytest.mark.parametrize("size", [(15, 40), (40, 15), (15, 15)])
def test_images_are_never_enlarged(tmp_path: Path, size: tuple[int, int]) -> None:
    save_noise(tmp_path / "high", ["good.png"], (SIDE, SIDE))
    save(tmp_path / "high/small.png", noise(size, 0))
    with pytest.raises(
        UserError, match=rf"small\.png: {size[0]}x{size[1]} pixels; smaller than images\.size, 16\. Use a larger image"
    ):
        read(tmp_path)
    images, report = read(tmp_path, max_bad_fraction=0.5)
    assert images.pixels.shape == (1, SIDE, SIDE, 3)
    assert images.partners.shape == (1, 4, 4, 3)
    assert list(reasons(report["rejected"])) == ["small.png"]


def test_given_low_resolutions_are_used_as_they_are(tmp_path: Path) -> None:
    save_noise(tmp_path / "high", ["a/1.png", "2.png"], (64, 48))
    save_noise(tmp_path / "low", ["a/1.bmp", "2.png", "3.png"], (11, 8))
    images, report = with_low(tmp_path, scale=2)
    lows = [array(tmp_path / "low" / name)[:, 1:9] for name in ("2.png", "a/1.bmp")]
    np.testing.assert_array_equal(images.partners, lows)
    assert images.pixels.shape == (2, SIDE, SIDE, 3)
    assert report["notes"][1:] == [
        f"The pictures of low resolution are from images.low_path, {tmp_path / 'low'}.",
        "1 files in images.low_path have no file of this name in images.path.",
    ]


@pytest.mark.parametrize(
    ("lows", "message"),
    [
        ({"1.png": (16, 16)}, r"the file in images\.low_path has 16x16 pixels, but 10x8 are needed"),
        ({"1.png": (8, 8)}, r".* has 8x8 pixels, but 10x8 are needed, 1/2 of images\.size, 16.* Set images\.size"),
        ({"1.png": (10, 9)}, ".* has 10x9 pixels, but 10x8 are needed"),
        ({"2.png": (10, 8)}, r"0 files of this name in images\.low_path"),
        ({"1.png": (10, 8), "1.bmp": (10, 8)}, r"2 files of this name in images\.low_path"),
        ({"1.png": (7, 7)}, "7x7 pixels; each side needs at least 8"),
    ],
)
def test_low_resolutions_that_do_not_fit(tmp_path: Path, lows: dict[str, tuple[int, int]], message: str) -> None:
    save_noise(tmp_path / "high", ["1.png"], (20, SIDE))
    for name, size in lows.items():
        save(tmp_path / "low" / name, noise(size, 0))
    with pytest.raises(UserError, match=rf"1\.png: {message}"):
        with_low(tmp_path, scale=2)


def test_a_folder_of_low_resolutions_that_is_missing(tmp_path: Path) -> None:
    save_noise(tmp_path / "high", ["1.png"], (SIDE, SIDE))
    with pytest.raises(UserError, match=r"images\.low_path: found nothing at"):
        with_low(tmp_path)
    (tmp_path / "low").mkdir()
    with pytest.raises(UserError, match=r"images\.low_path: no image files in"):
        with_low(tmp_path)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"size": 50}, "`size` is 50, which is not a multiple of `scale`, 4; the nearest are 48 and 52"),
        ({"size": 36, "scale": 8}, "not a multiple of `scale`, 8"),
        ({"low_path": "x"}, "`low_path` needs `path`"),
        ({"storage": "disk"}, "`storage` is 'disk', but the pairs of the source 'super_resolution'"),
        ({"scale": 3}, "Input should be 2, 4 or 8"),
    ],
)
def test_combinations_without_sense_are_refused(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        UpscalingImagesParameters.model_validate(parameters)
