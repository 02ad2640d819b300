import numpy as np
import pytest

from gan_pipelines.training.randomness import draw, draw_within

SHAPE = (400, 50)
BOTH = pytest.mark.parametrize("distribution", ["normal", "uniform"])


@BOTH
@pytest.mark.parametrize("limit", [0.05, 0.7])
def test_no_number_is_outside_the_limit_and_those_inside_stay(distribution, limit):
    plain = draw(distribution, SHAPE, 3, "test")
    within = draw_within(limit, distribution, SHAPE, 3, "test")
    assert within.dtype == np.float32
    assert 0.9 * limit < np.abs(within).max() <= np.float32(limit)
    inside = np.abs(plain) <= limit
    assert np.array_equal(within[inside], plain[inside])
    assert len(np.unique(within[~inside])) > 0.95 * np.sum(~inside), "one number must not stand for many"


def test_numbers_drawn_again_follow_the_distribution_within_the_limit():
    plain = draw("normal", SHAPE, 3, "test")
    again = draw_within(0.7, "normal", SHAPE, 3, "test")[np.abs(plain) > 0.7]
    # By hand: a normal variable within [-0.7, 0.7] has the variance 1 - 2 * 0.7 * 0.312254 / 0.516073 = 0.15292.
    assert again.mean() == pytest.approx(0, abs=0.02)
    assert again.var() == pytest.approx(0.15292, abs=0.005)


@BOTH
def test_the_first_rows_of_many_are_the_rows_of_few(distribution):
    many = draw_within(0.5, distribution, SHAPE, 3, "test")
    assert np.array_equal(draw_within(0.5, distribution, (7, 50), 3, "test"), many[:7])


def test_the_same_is_drawn_every_time_and_something_else_by_another_seed_or_stream():
    def drawn_again(seed, stream):
        was_outside = np.abs(draw("normal", SHAPE, seed, stream)) > 0.5
        return draw_within(0.5, "normal", SHAPE, seed, stream)[was_outside]

    first = drawn_again(3, "test")
    assert np.array_equal(first, drawn_again(3, "test"))
    for other in (drawn_again(4, "test"), drawn_again(3, "other")):
        assert np.isin(first, other).mean() < 0.05, "few numbers are equal by chance"


@pytest.mark.parametrize(("distribution", "limit"), [("uniform", 1.0), ("uniform", 2.0), ("normal", 10.0)])
def test_a_limit_that_all_keep_changes_nothing(distribution, limit):
    assert np.array_equal(draw_within(limit, distribution, SHAPE, 3, "test"), draw(distribution, SHAPE, 3, "test"))
