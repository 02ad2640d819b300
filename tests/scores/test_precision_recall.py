import numpy as np
import pytest

from gan_pipelines.scores.precision_recall import DensityCoverage, PrecisionRecall, density_coverage, precision_recall


def features(samples, seed, dimensions=16, scale=1.0):
    return scale * np.random.default_rng(seed).normal(size=(samples, dimensions))


@pytest.mark.parametrize(("k", "density"), [(1, 1.25), (2, 1.0)])
def test_points_of_a_line(k, density):
    real, generated = np.array([[0], [1], [2], [10]]), np.array([[0.5], [1.5], [9.5], [30]])
    assert precision_recall(real, generated, k) == PrecisionRecall(0.75, 1)
    assert density_coverage(real, generated, k) == DensityCoverage(density, 1)


def test_each_ball_has_its_own_radius():
    real, generated = np.array([[-1.5], [5], [60]]), np.array([[0], [1], [100], [200]])
    # Radii are 6.5, 6.5 and 55 of reals, 1, 1, 99 and 100 of generated samples.
    assert precision_recall(real, generated, k=1) == PrecisionRecall(0.75, 2 / 3)
    assert density_coverage(real, generated, k=1) == DensityCoverage(5 / 4, 1)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_a_set_covers_itself_exactly_in_any_order(k):
    real = features(300, 0, dimensions=6).astype(np.float32)
    for generated in (real, np.random.default_rng(1).permutation(real), real.astype(np.float64)):
        assert precision_recall(real, generated, k) == PrecisionRecall(1, 1)
        assert density_coverage(real, generated, k) == DensityCoverage(1, 1)


@pytest.mark.parametrize(("copies", "density"), [(6, 1.2), (12, 2.4)])
def test_a_set_of_repeated_samples_covers_itself(copies, density):
    real = np.repeat(features(40, 0), copies, axis=0)
    assert precision_recall(real, real) == PrecisionRecall(1, 1)
    assert density_coverage(real, real, k=5) == DensityCoverage(pytest.approx(density), 1)


def test_a_generator_that_always_draws_one_real_image():
    real = features(200, 0)
    generated = np.repeat(real[:1], 150, axis=0)
    assert precision_recall(real, generated) == PrecisionRecall(1, 1 / 200)
    assert density_coverage(real, generated).coverage < 0.1
    assert precision_recall(real, generated + 100) == PrecisionRecall(0, 0)
    assert density_coverage(real, generated + 100) == DensityCoverage(0, 0)


def test_a_ball_holds_its_surface_only_for_precision_and_recall():
    real, generated = np.array([[0.0], [1], [5]]), np.array([[-1.0], [20]])
    # The ball of 0 reaches to 1 and to -1; that of -1 over all reals, to 20.
    assert precision_recall(real, generated, k=1) == PrecisionRecall(0.5, 1)
    assert density_coverage(real, generated, k=1) == DensityCoverage(0, 0)


def test_a_tight_cluster_among_scattered_reals_is_precise_and_recalls_nothing():
    real, generated = features(500, 0, scale=3), features(500, 1, scale=0.1)
    assert precision_recall(real, generated) == PrecisionRecall(1, 0)
    score = density_coverage(real, generated, k=3)
    assert score.density == pytest.approx(13.7, rel=0.15)
    assert score.coverage == pytest.approx(0.13, abs=0.05)
    assert precision_recall(generated, real) == PrecisionRecall(0, 1)


def test_equal_distributions_reach_the_expected_coverage():
    samples, k, draws = 500, 5, 6
    expected = 1 - np.prod([(samples - i) / (2 * samples - i) for i in range(1, k + 1)])
    scores = [density_coverage(features(samples, 2 * n), features(samples, 2 * n + 1), k) for n in range(draws)]
    assert expected == pytest.approx(0.96922, abs=1e-5)
    assert np.mean([score.coverage for score in scores]) == pytest.approx(expected, abs=0.01)
    assert np.mean([score.density for score in scores]) == pytest.approx(1, abs=0.05)


def test_sets_of_different_sizes():
    real, generated = np.array([[0.0], [1], [2]]), np.array([[0.4]])
    assert density_coverage(real, generated, k=1) == DensityCoverage(2, 2 / 3)
    with pytest.raises(ValueError, match="number of generated features - 1; it is 1 and there are 1"):
        precision_recall(real, generated, k=1)


@pytest.mark.parametrize("k", [0, 3])
@pytest.mark.parametrize("score", [precision_recall, density_coverage])
def test_more_neighbours_than_there_are_are_refused(score, k):
    with pytest.raises(ValueError, match=f"number of real features - 1; it is {k} and there are 3"):
        score(np.zeros((3, 2)), np.ones((9, 2)), k)
