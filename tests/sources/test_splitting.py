import json

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources import ImageSet, split_images


def numbered(values: list[int], labels: list[int] | None = None, heldout: list[bool] | None = None) -> ImageSet:
    pixels = np.array(values, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), dtype=np.uint8)
    return ImageSet(
        pixels=pixels,
        labels=None if labels is None else np.array(labels, dtype=np.int64),
        class_names=() if labels is None else tuple(f"class {number}" for number in range(max(labels) + 1)),
        is_heldout=None if heldout is None else np.array(heldout),
    )


def values(images: ImageSet) -> list[int]:
    first: NDArray[np.uint8] = images.pixels[:, 0, 0, 0]
    return first.tolist()


def test_each_class_gives_its_share() -> None:
    images = numbered(list(range(100)), [0] * 60 + [1] * 40)
    train, heldout, report = split_images(images, 0.25, seed=3)
    assert heldout.labels is not None
    assert np.bincount(heldout.labels).tolist() == [15, 10]
    assert sorted(values(train) + values(heldout)) == list(range(100))
    assert values(train) == sorted(values(train))
    assert json.loads(json.dumps(report)) == {
        "train": 75,
        "heldout": 25,
        "split_by": "seed",
        "is_stratified": True,
        "duplicates_removed": {"train": 0, "heldout": 0, "across": 0},
    }


def test_seed_alone_decides() -> None:
    images = numbered(list(range(50)))
    assert values(split_images(images, 0.2, 1)[1]) == values(split_images(images, 0.2, 1)[1])
    assert values(split_images(images, 0.2, 1)[1]) != values(split_images(images, 0.2, 2)[1])
    assert len(split_images(images, 0.2, 1)[1]) == 10


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_small_classes_are_on_both_sides_and_single_pictures_train(fraction: float) -> None:
    train, heldout, _ = split_images(numbered([1, 2, 3, 4, 5], [0, 0, 1, 1, 2]), fraction, 0)
    assert train.labels is not None
    assert heldout.labels is not None
    assert train.labels.tolist() == [0, 1, 2]
    assert heldout.labels.tolist() == [0, 1]


def test_split_of_the_source_wins() -> None:
    heldout_by_source = [False, True, False, False, True]
    train, heldout, report = split_images(numbered([1, 2, 3, 4, 5], [0] * 5, heldout_by_source), 0.5, 0)
    assert (values(train), values(heldout)) == ([1, 3, 4], [2, 5])
    assert report["split_by"] == "source"


def test_repeats_are_dropped_and_counted() -> None:
    images = numbered([1, 1, 2, 3, 3, 2, 4, 4], heldout=[False, False, False, False, True, True, True, True])
    train, heldout, report = split_images(images, 0.5, 0)
    assert (values(train), values(heldout)) == ([1], [3, 2, 4])
    assert report["duplicates_removed"] == {"train": 1, "heldout": 1, "across": 2}


def test_repeats_cannot_cross_a_seeded_split() -> None:
    train, heldout, report = split_images(numbered([5, 6, 7, 8] * 10), 0.5, 0)
    assert sorted(values(train) + values(heldout)) == [5, 6, 7, 8]
    assert report["duplicates_removed"]["train"] == 36


@pytest.mark.parametrize(
    ("images", "advice"),
    [
        (numbered([1]), "2 different images"),
        (numbered([7, 7, 7]), "2 different images"),
        (numbered([1, 2, 3], [0, 1, 2]), "2 different images of a class"),
        (numbered([1, 2], heldout=[False, False]), "The source gives the split"),
        (numbered([1, 1], heldout=[False, True]), "images on both sides count as held out"),
    ],
    ids=["one", "one picture thrice", "one of each class", "nothing held out", "all across"],
)
def test_empty_side_is_an_error_with_advice_that_helps(images: ImageSet, advice: str) -> None:
    with pytest.raises(UserError, match=rf"both sets need at least one\. .*{advice}.* raise images\.limit") as error:
        split_images(images, 0.25, 0)
    assert "heldout_fraction" not in str(error.value)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            numbered([1, 2, 3], [0, 0, 1]),
            "1 training and 0 held-out images of the domain class 1, which has 1 images, 1",
        ),
        (numbered([1, 2, 3, 3], [0, 0, 1, 1]), "1 training and 0 held-out .* class 1, which has 2 images, 1 without"),
        (numbered([1, 2, 3, 3], [0, 0, 1, 1], [True, False, True, False]), "0 training and 1 held-out .* class 1"),
        (numbered([1, 2], [0, 1]), "1 training and 0 held-out images of the domain class 0"),
    ],
)
def test_domains_need_images_on_both_sides(images: ImageSet, message: str) -> None:
    with pytest.raises(UserError, match=rf"images\.path: the split gives {message}.* Add .*raise images\.limit"):
        split_images(images, 0.25, 0, needs_every_class=True)
