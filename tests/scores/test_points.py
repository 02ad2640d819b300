import numpy as np
import pytest

from gan_pipelines.scores.point_evaluation import PointSets, score_points
from gan_pipelines.scores.points import covered_fraction, energy_distance, mean_curve_error


def test_the_error_is_the_mean_distance_in_y():
    points = np.array([[0.5, 0.25], [0.5, 0.35], [-1.0, 0.8]])
    assert mean_curve_error(points) == pytest.approx((0 + 0.1 + 0.2) / 3)


def test_the_covered_share_counts_parts_with_a_point():
    assert covered_fraction(np.linspace(-0.49, 0.49, 50), -0.5, 0.5) == 1
    assert covered_fraction(np.zeros(1000), -0.5, 0.5) == pytest.approx(1 / 50)
    assert covered_fraction(np.array([-3.0, 7.0]), -0.5, 0.5) == 0


def test_the_energy_distance_by_hand():
    # X = {0, 1}, Y = {3}: 2 * 2.5 - 0.5 - 0 = 4.5.
    assert energy_distance(np.array([[0.0], [1.0]]), np.array([[3.0]])) == pytest.approx(4.5)
    # Points of a plane, 3-4-5: 2 * 5 - 0 - 0.
    assert energy_distance(np.zeros((1, 2)), np.array([[3.0, 4.0]])) == pytest.approx(10)


def test_the_energy_distance_is_zero_of_equal_sets_and_symmetric(monkeypatch):
    random = np.random.default_rng(0)
    first, second = random.normal(size=(300, 2)), random.normal(1, 1, size=(200, 2))
    assert energy_distance(first, first) == pytest.approx(0, abs=1e-12)
    whole = energy_distance(first, second)
    assert whole == pytest.approx(energy_distance(second, first))
    monkeypatch.setattr("gan_pipelines.scores.points._CHUNK", 7)
    assert energy_distance(first, second) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("bad", [np.zeros((0, 2)), np.full((2, 2), np.nan), np.zeros(3)])
def test_what_is_no_set_of_points_is_refused(bad):
    with pytest.raises(ValueError, match="finite numbers of the shape"):
        energy_distance(bad, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="2 and 3 coordinates"):
        energy_distance(np.zeros((1, 2)), np.zeros((1, 3)))


def parabola(seed, count=500):
    x = np.random.default_rng(seed).uniform(-0.5, 0.5, count).astype(np.float32)
    return np.stack([x, x**2], axis=1)


def test_a_perfect_generator_reaches_the_floor_and_an_untrained_one_the_ceiling():
    untrained = np.random.default_rng(3).normal(size=(500, 2)).astype(np.float32)
    sets = PointSets(parabola(0), parabola(1), parabola(2), untrained)
    scores = score_points(sets, seed=0, moments=[(0, untrained), (10, parabola(2))])
    energy = scores["energy_distance"]
    assert energy["value"] < 4 * energy["real_baseline"] < energy["untrained_baseline"]
    assert scores["mean_absolute_error"]["value"] < 1e-6 < scores["mean_absolute_error"]["untrained"]
    assert [row["step"] for row in scores["over_training"]] == [0, 10]
    assert scores["over_training"][1]["covered_fraction"] == 1
    assert score_points(sets, seed=0, moments=None).keys() == {"energy_distance"}
