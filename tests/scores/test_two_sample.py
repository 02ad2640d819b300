import numpy as np
import pytest
from scipy import stats

from gan_pipelines.scores.two_sample import classifier_two_sample_test, mann_whitney_z, two_proportion_z


def features(samples, seed, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, (samples, 8))


def test_points_of_a_line():
    # Neighbours: 0 -> 1, 1 -> 0 and 10 -> 11 are right about themselves only where the set is the same.
    real, generated = np.array([[0.0], [1], [10]]), np.array([[11.0], [20], [22]])
    test = classifier_two_sample_test(real, generated)
    assert (test.accuracy, test.real_accuracy, test.generated_accuracy, test.samples) == (4 / 6, 2 / 3, 2 / 3, 3)


def test_alike_sets_are_told_apart_by_chance_alone():
    test = classifier_two_sample_test(features(500, 0), features(500, 1))
    assert test.accuracy == pytest.approx(0.5, abs=0.05)
    assert test.p_value > 0.05


def test_the_p_value_of_alike_sets_is_evenly_spread():
    values = [classifier_two_sample_test(features(40, 2 * n), features(40, 2 * n + 1), 99).p_value for n in range(100)]
    # Of 100 values in tenths, and of those below 0.05: bounds that are passed once in some thousands of times.
    assert np.mean(values) == pytest.approx(0.5, abs=0.13)
    assert np.mean(np.array(values) <= 0.05) < 0.15


def test_sets_far_apart_are_always_told_apart():
    test = classifier_two_sample_test(features(100, 0), features(100, 1, shift=20))
    assert (test.accuracy, test.p_value) == (1, 1 / 1000)


def test_copies_are_never_told_apart_which_is_as_improbable():
    real = features(100, 0)
    test = classifier_two_sample_test(real, real)
    assert (test.accuracy, test.p_value) == (0, 1 / 1000)


def test_neighbours_equally_near_are_drawn():
    test = classifier_two_sample_test(np.zeros((400, 2)), np.zeros((400, 2)))
    # All lie at one place, so each has the same neighbour but for that one itself.
    assert {round(test.real_accuracy), round(test.generated_accuracy)} == {0, 1}
    repeated = np.repeat(features(200, 0), 2, axis=0)
    test = classifier_two_sample_test(repeated, repeated)
    assert test.accuracy == pytest.approx(1 / 3, abs=0.06)
    assert test.real_accuracy == pytest.approx(test.generated_accuracy, abs=0.12)


def test_of_the_larger_set_as_many_are_drawn_by_the_seed():
    real, generated = features(90, 0), features(60, 1, shift=0.5)
    test = classifier_two_sample_test(real, generated, seed=0)
    assert test.samples == classifier_two_sample_test(generated, real).samples == 60
    assert test == classifier_two_sample_test(real, generated, seed=0)
    assert test != classifier_two_sample_test(real, generated, seed=1)


def test_a_p_value_takes_permutations():
    with pytest.raises(ValueError, match="at least 1 permutation, not 0"):
        classifier_two_sample_test(features(9, 0), features(9, 1), permutations=0)


def test_mann_whitney_by_hand():
    # Of 6 pairs, 4 are larger and 1 is equal: U = 4.5 against 3; the tie narrows 6 / 12 * 6 to 6 / 12 * (6 - 6 / 20).
    z = mann_whitney_z(np.array([2.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    assert z == pytest.approx(1.5 / np.sqrt(0.5 * (6 - 6 / 20)), rel=1e-14)
    assert mann_whitney_z(np.ones(4), np.ones(5)) == 0


@pytest.mark.parametrize("decimals", [1, 8], ids=["many ties", "none"])
def test_mann_whitney_is_that_of_scipy(decimals):
    first, second = (np.random.default_rng(n).normal(n / 5, 1, 80 + n).round(decimals) for n in (0, 1))
    expected = stats.mannwhitneyu(first, second, alternative="less", method="asymptotic", use_continuity=False)
    assert stats.norm.cdf(mann_whitney_z(first, second)) == pytest.approx(expected.pvalue, rel=1e-10)


def test_an_empty_sample_is_refused():
    with pytest.raises(ValueError, match="one of them is empty"):
        mann_whitney_z(np.array([]), np.array([1.0]))


def test_shares_by_hand():
    z = two_proportion_z(np.array([100, 100, 0, 1000]), 1000, np.array([130, 120, 0, 1000]), 1000)
    assert z == pytest.approx([-2.1027406, -1.4293009, 0, 0], rel=1e-6)
    assert float(two_proportion_z(5, 10, 5, 20)) == pytest.approx(0.25 / np.sqrt(2 / 9 * 0.15), rel=1e-12)
