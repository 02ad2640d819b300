import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.scores.classifier import ClassifierScore, classifier_score

_ONE_HOT = np.repeat(np.eye(10), 100, axis=0)
"""1,000 images sorted by class."""


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        (_ONE_HOT, 10.0),
        (np.full((40, 10), 0.1), 1.0),
        (np.repeat(np.eye(10)[:3], 20, axis=0), 3.0),
        (np.array([[0.9, 0.1], [0.1, 0.9]]), 1.44493481116841),
        (_ONE_HOT[:100], 1.0),
    ],
    ids=["balanced", "undecided", "three classes", "nearly sure", "one class"],
)
def test_known_scores(probabilities: NDArray[np.float64], expected: float) -> None:
    score = classifier_score(probabilities, splits=1)
    assert score == ClassifierScore(mean=pytest.approx(expected, rel=1e-12), standard_deviation=0.0)


def test_splits_of_sorted_images_are_shuffled() -> None:
    score = classifier_score(_ONE_HOT, splits=10)
    assert 9 < score.mean < 10
    assert 0 < score.standard_deviation < 0.5


def test_the_spread_is_that_of_a_population() -> None:
    score = classifier_score(np.array([[1.0, 0], [1, 0], [1, 0], [0, 1]]), splits=2)
    # One split holds both classes evenly and scores 2, the other holds one and scores 1.
    assert score == ClassifierScore(mean=pytest.approx(1.5), standard_deviation=pytest.approx(0.5))


def test_a_split_that_does_not_divide_the_images_leaves_none_out() -> None:
    probabilities = np.eye(11)
    score = classifier_score(probabilities, splits=3)
    assert score.mean == pytest.approx((3 + 4 + 4) / 3)


def test_the_seed_decides() -> None:
    assert classifier_score(_ONE_HOT, seed=1) == classifier_score(_ONE_HOT, seed=1)
    assert classifier_score(_ONE_HOT, seed=1) != classifier_score(_ONE_HOT, seed=2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_every_dtype_agrees(dtype: type[np.floating]) -> None:
    logits = np.random.default_rng(0).standard_normal((2000, 10)) * 3
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    tolerance = 1e-3 if dtype is np.float16 else 1e-6
    expected = classifier_score(probabilities)
    score = classifier_score(probabilities.astype(dtype))
    assert score.mean == pytest.approx(expected.mean, rel=tolerance)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (np.array([[0.5, 0.5], [2.0, -1.0], [3.0, 4.0]]), "2 of 3 rows are not probabilities"),
        (np.array([[0.5, 0.5], [math.nan, 0.5]]), "1 of 2 rows are not probabilities"),
        (np.array([0.5, 0.5]), r"\(images, classes\), not \(2,\)"),
        (np.full((4, 2), 0.5), r"number of images \(4\), not 5"),
    ],
)
def test_what_is_no_probability_is_refused(probabilities: NDArray[np.float64], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classifier_score(probabilities, splits=5)
