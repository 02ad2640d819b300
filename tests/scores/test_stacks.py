import numpy as np
import pytest

from gan_pipelines.scores.stacks import (
    classes_from_digits,
    digits_from_classes,
    distinct_digits,
    independent_class_probabilities,
    split_channels,
)


def picture(gray):
    return np.full((2, 2), gray, np.float32)


def test_channels_become_pictures_one_after_the_other() -> None:
    pixels = np.arange(2 * 1 * 2 * 3, dtype=np.float32).reshape(2, 1, 2, 3)
    apart = split_channels(pixels)
    assert apart.shape == (6, 1, 2, 1)
    assert apart[:, 0, :, 0].tolist() == [[0, 3], [1, 4], [2, 5], [6, 9], [7, 10], [8, 11]]


def test_three_digits_are_a_class() -> None:
    digits = np.array([[4, 0, 7], [0, 0, 0], [9, 9, 9], [0, 1, 2]])
    assert classes_from_digits(digits).tolist() == [407, 0, 999, 12]
    assert digits_from_classes(np.array([407, 0, 999, 12])).tolist() == digits.tolist()


def test_a_digit_that_is_stacked_often_is_learnt_once() -> None:
    seven, one, other_one = picture(0.7), picture(0.1), picture(0.11)
    stacks = np.stack([np.stack(channels, axis=-1) for channels in ((seven, one, seven), (other_one, seven, one))])
    pixels, labels, classes = distinct_digits(stacks, np.array([717, 171]))
    np.testing.assert_array_equal(pixels[..., 0], [seven, one, other_one])
    assert labels.tolist() == [7, 1, 1]
    assert classes == 10


def test_shares_of_classes_are_products_of_those_of_digits() -> None:
    shares = independent_class_probabilities(np.array([110, 0]))  # four zeros and two ones
    assert shares.shape == (1000,)
    assert shares.sum() == pytest.approx(1, rel=1e-14)
    assert shares[[0, 1, 10, 110, 111, 2]] == pytest.approx(np.array([8, 4, 4, 2, 1, 0]) / 27, rel=1e-14)
