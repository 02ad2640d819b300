import math

import numpy as np
import pytest

from gan_pipelines.scores.coverage import ClassCoverage, class_coverage, reverse_kl


def test_reverse_kl_of_known_shares() -> None:
    assert reverse_kl(np.full(1000, 26)) == 0
    assert reverse_kl(np.eye(1000)[17]) == pytest.approx(6.907755278982137, rel=1e-14)
    assert reverse_kl([1] * 500 + [0] * 500) == pytest.approx(math.log(2), rel=1e-14)


def test_reverse_kl_against_a_reference_of_another_size() -> None:
    assert reverse_kl([30, 10], reference=[3000, 1000]) == pytest.approx(0, abs=1e-15)
    expected = 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25)
    assert reverse_kl([5, 5], reference=[0.75, 0.25]) == pytest.approx(expected, rel=1e-14)


def test_a_class_that_the_reference_lacks_is_infinitely_far() -> None:
    assert reverse_kl([1, 1], reference=[1, 0]) == math.inf
    assert reverse_kl([1, 0], reference=[1, 0]) == 0


def test_a_perfect_generator_reaches_the_floor() -> None:
    counts = np.bincount(np.random.default_rng(0).integers(0, 1000, 26_000), minlength=1000)
    assert reverse_kl(counts) == pytest.approx(999 / 52_000, rel=0.15)
    assert class_coverage(counts, 0).covered_classes == 1000


def test_class_coverage_counts_what_is_drawn_and_what_is_drawn_often() -> None:
    assert class_coverage([50, 0, 3, 47], minimum_fraction=0.03) == ClassCoverage(
        covered_classes=3,
        classes_above_minimum=3,
        smallest_fraction=0.0,
        smallest_class=1,
        shares=(0.5, 0.0, 0.03, 0.47),
    )
    assert class_coverage(np.array([50, 47, 3]), minimum_fraction=0.031).classes_above_minimum == 2


def test_the_first_of_equally_rare_classes_is_named() -> None:
    assert class_coverage([3, 1, 1], 0).smallest_class == 1


@pytest.mark.parametrize("counts", [[0, 0], [], [1, -1], [math.nan, 1], [[1, 2]]])
def test_what_is_no_count_is_refused(counts: list[float]) -> None:
    with pytest.raises(ValueError, match="one number >= 0 for each class"):
        class_coverage(counts, 0.1)
    with pytest.raises(ValueError, match="The reference must be"):
        reverse_kl([1, 2], reference=counts)


def test_classes_and_shares_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="counts have 2 classes and the reference has 3"):
        reverse_kl([1, 2], reference=[1, 1, 1])
    with pytest.raises(ValueError, match=r"minimum_fraction must be in \[0, 1\], not 3"):
        class_coverage([1, 2], minimum_fraction=3)
