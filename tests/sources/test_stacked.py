import json

import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.sources import ImagesParameters, read_images, split_images
from tests.sources.conftest import IdxWriter, mnist_arrays


def stacked(**parameters):
    return read_images(ImagesParameters(source="stacked", **parameters))


def channels(pixels):
    """The bytes of every channel, ``(images, 3)``."""
    return [[picture[..., channel].tobytes() for channel in range(3)] for picture in pixels]


def test_every_channel_holds_the_digit_that_the_class_names() -> None:
    digits, _ = read_images(ImagesParameters())
    label_of = {picture.tobytes(): int(label) for picture, label in zip(digits.pixels, digits.labels, strict=True)}
    images, report = stacked(limit=60)
    assert (images.pixels.shape, images.pixels.dtype) == ((60, 28, 28, 3), np.uint8)
    assert (images.class_names[0], images.class_names[407], len(images.class_names)) == ("000", "407", 1000)
    for picture, label in zip(channels(images.pixels), images.labels, strict=True):
        assert "".join(str(label_of[channel]) for channel in picture) == images.class_names[label]
    assert len(set(images.labels)) > 50
    assert report["channels"] == 3
    assert json.loads(json.dumps(report)) == report


def test_no_digit_is_on_both_sides() -> None:
    images, report = stacked(limit=1000)
    assert np.flatnonzero(images.is_heldout).tolist() == list(range(4, 1000, 5))
    training, heldout, _ = split_images(images, heldout_fraction=0.2, seed=0)
    assert (len(training), len(heldout)) == (800, 200)
    sides = [{channel for picture in channels(side.pixels) for channel in picture} for side in (training, heldout)]
    assert min(map(len, sides)) > 200
    assert not sides[0] & sides[1]
    assert report["available"] == 1438**3 + 359**3


def test_a_picture_is_a_function_of_seed_and_number() -> None:
    few, _ = stacked(limit=30, seed=3)
    more, _ = stacked(limit=50, seed=3)
    other, _ = stacked(limit=30, seed=4)
    np.testing.assert_array_equal(few.pixels, more.pixels[:30])
    np.testing.assert_array_equal(few.is_heldout, more.is_heldout[:30])
    assert not np.array_equal(few.labels, other.labels)


def test_without_a_limit_there_are_ten_thousand_of_almost_all_classes() -> None:
    images, report = stacked()
    assert report["images"] == 10_000
    assert report["heldout_by_source"] == 2000
    assert np.count_nonzero(np.bincount(images.labels, minlength=1000)) >= 995
    digits = np.stack([images.labels // 100, images.labels // 10 % 10, images.labels % 10])
    assert np.abs(np.corrcoef(digits)[np.triu_indices(3, 1)]).max() < 0.05


def test_other_sizes() -> None:
    images, _ = stacked(limit=10, size=32)
    small, _ = stacked(limit=10)
    assert images.pixels.shape == (10, 32, 32, 3)
    np.testing.assert_array_equal(images.labels, small.labels)


def test_mnist_keeps_its_own_split(write_idx: IdxWriter) -> None:
    arrays = mnist_arrays()
    images, _ = stacked(stacked_from="mnist", path=str(write_idx(arrays)), limit=40)
    label_of = {
        split: dict(zip((picture.tobytes() for picture in arrays[f"x_{split}"]), arrays[f"y_{split}"], strict=True))
        for split in ("train", "test")
    }
    for picture, label, held in zip(channels(images.pixels), images.labels, images.is_heldout, strict=True):
        known = label_of["test" if held else "train"]
        assert [known[channel] for channel in picture] == [label // 100, label // 10 % 10, label % 10]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"source": "mnist", "stacked_from": "mnist"}, "`stacked_from` is 'mnist', but the source 'mnist' does no"),
        ({"source": "stacked", "path": "x"}, "'digits' ships with .* or set `stacked_from` to 'mnist'"),
        ({"source": "stacked", "colour": "gray"}, "'stacked' produces RGB images, but `colour` is 'gray'; remove"),
        ({"source": "stacked", "stacked_from": "fashion_mnist"}, "Input should be 'digits' or 'mnist'"),
    ],
)
def test_combinations_without_sense_are_refused(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ImagesParameters.model_validate(parameters)
