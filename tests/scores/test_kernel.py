import numpy as np
import pytest

from gan_pipelines.scores.kernel import KernelDistance, exact_kernel_distance, kernel_distance

ONE_HOT = np.eye(2)


def features(samples, seed, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, (samples, 8))


@pytest.mark.parametrize(
    ("real", "generated", "expected"),
    [(ONE_HOT, np.ones((2, 2)), 2.25), (ONE_HOT, ONE_HOT, -2.375), (np.zeros((2, 1)), np.ones((2, 1)), 7)],
    ids=["different", "equal, which is below zero", "one dimension"],
)
def test_known_distances(real, generated, expected):
    assert exact_kernel_distance(real, generated) == pytest.approx(expected, rel=1e-14)
    spread = pytest.approx(0, abs=1e-12)
    assert kernel_distance(real, generated) == KernelDistance(pytest.approx(expected, rel=1e-14), spread, 100, 2)


def test_sets_of_different_sizes_by_hand():
    # k(0, 0) = 1, k(1, 1) = 8, k(0, 1) = 1; real (0, 0), generated (1, 1, 0).
    expected = 1 + (2 * 8 + 4 * 1) / 6 - 2 * 1
    real, generated = np.zeros((2, 1)), np.array([[1], [1], [0]])
    assert exact_kernel_distance(real, generated) == pytest.approx(expected, rel=1e-14)


def test_the_mean_and_spread_are_those_of_the_seeded_subsets():
    real, generated = features(60, 0), features(80, 1, shift=0.3)
    score = kernel_distance(real, generated, subsets=200, subset_size=20, seed=3)
    assert score == kernel_distance(real, generated, subsets=200, subset_size=20, seed=3)
    assert score.mean == pytest.approx(
        exact_kernel_distance(real, generated), abs=4 * score.standard_deviation / 200**0.5
    )
    assert (score.subsets, score.subset_size) == (200, 20)
    single = kernel_distance(real, generated, subsets=1, subset_size=20, seed=3)
    pair = kernel_distance(real, generated, subsets=2, subset_size=20, seed=3)
    assert single.standard_deviation == 0
    assert pair.standard_deviation == pytest.approx(abs(pair.mean - single.mean))
    assert kernel_distance(real, generated, subset_size=20, seed=4) != kernel_distance(
        real, generated, subset_size=20, seed=3
    )


def test_it_is_unbiased_at_any_size():
    distances = [exact_kernel_distance(features(20, 2 * n), features(20, 2 * n + 1)) for n in range(200)]
    assert min(distances) < 0 < max(distances)
    assert np.mean(distances) == pytest.approx(0, abs=3 * np.std(distances) / 200**0.5)


def test_a_subset_has_as_many_samples_as_there_are():
    assert kernel_distance(features(30, 0), features(20, 1), subsets=2).subset_size == 20


@pytest.mark.parametrize(("subsets", "size"), [(0, 10), (1, 1)])
def test_subsets_that_cannot_be_compared_are_refused(subsets, size):
    with pytest.raises(ValueError, match=f"not {subsets} of {size}"):
        kernel_distance(features(5, 0), features(5, 1), subsets, size)
