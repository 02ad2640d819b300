import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.scores.frechet import (
    FeatureMoments,
    RealBaseline,
    feature_moments,
    frechet_distance,
    gaussian_frechet_distance,
    real_baseline,
)


def _gaussian(mean: object, covariance: object) -> FeatureMoments:
    return FeatureMoments(mean=np.array(mean, np.float64), covariance=np.array(covariance, np.float64))


def _features(samples: int, dimensions: int, seed: int, scale: float = 1.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal((samples, dimensions)) * scale


@pytest.mark.parametrize(
    ("real", "generated", "expected"),
    [
        (_gaussian([0, 0, 0], np.eye(3)), _gaussian([1, 2, 2], np.eye(3)), 9.0),
        (_gaussian([5, 5, 5], np.diag([1, 4, 9])), _gaussian([5, 5, 5], np.diag([4, 9, 16])), 3.0),
        (_gaussian([0, 0], [[2, 1], [1, 2]]), _gaussian([0, 0], [[5, 0], [0, 3]]), 1.1526209866164),
        (_gaussian(np.zeros(256), np.eye(256)), _gaussian(np.ones(256), np.eye(256)), 256.0),
    ],
    ids=["means apart", "diagonal covariances", "covariances that do not commute", "many dimensions"],
)
def test_gaussians_of_known_distance(real: FeatureMoments, generated: FeatureMoments, expected: float) -> None:
    assert gaussian_frechet_distance(real, generated) == pytest.approx(expected, rel=1e-12)


def test_covariance_is_divided_by_samples_less_one() -> None:
    real = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    assert frechet_distance(real, 2 * real + [3, 4]) == pytest.approx(79 / 3, rel=1e-12)


def test_moments_of_three_images() -> None:
    moments = feature_moments(np.repeat([[0.0], [0.5], [1.0]], 16, axis=1))
    np.testing.assert_array_equal(moments.mean, np.full(16, 0.5))
    np.testing.assert_allclose(moments.covariance, np.full((16, 16), 0.25), rtol=1e-15)


@pytest.mark.parametrize("samples", [20, 500], ids=["fewer samples than dimensions", "more"])
def test_a_set_has_no_distance_from_itself(samples: int) -> None:
    real = _features(samples, 64, seed=1, scale=1e3)
    assert frechet_distance(real, real) < 1e-6


def test_the_order_of_samples_and_of_sets_does_not_matter() -> None:
    real, generated = _features(300, 8, seed=1), _features(200, 8, seed=2, scale=2)
    expected = frechet_distance(real, generated)
    assert frechet_distance(generated, real) == pytest.approx(expected, rel=1e-12)
    shuffled = np.random.default_rng(3).permutation(real)
    assert frechet_distance(shuffled, generated) == pytest.approx(expected, rel=1e-12)


def test_rotation_keeps_scaling_squares_and_a_shift_adds_its_square() -> None:
    real, generated = _features(300, 8, seed=1), _features(200, 8, seed=2, scale=2)
    expected = frechet_distance(real, generated)
    rotation = np.linalg.qr(_features(8, 8, seed=3))[0]
    assert frechet_distance(real @ rotation, generated @ rotation) == pytest.approx(expected, rel=1e-10)
    assert frechet_distance(3 * real, 3 * generated) == pytest.approx(9 * expected, rel=1e-10)
    assert frechet_distance(real, real + 2) == pytest.approx(8 * 4, rel=1e-10)


def test_a_large_common_offset_does_not_cancel_the_spread() -> None:
    real, generated = _features(300, 4, seed=1), _features(300, 4, seed=2, scale=2)
    assert frechet_distance(real + 1e7, generated + 1e7) == pytest.approx(frechet_distance(real, generated), rel=1e-6)


@pytest.mark.parametrize("chunk_samples", [1, 7, 99, 100, 101])
def test_moments_do_not_depend_on_the_chunks(chunk_samples: int) -> None:
    features = _features(100, 5, seed=4) + 3
    moments = feature_moments(features, chunk_samples=chunk_samples)
    np.testing.assert_allclose(moments.mean, features.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(moments.covariance, np.cov(features, rowvar=False), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_every_dtype_gives_the_distance_of_its_values(dtype: type[np.floating]) -> None:
    real = (_features(2000, 6, seed=5, scale=300) + 2000).astype(np.float16)
    generated = (_features(1500, 6, seed=6, scale=200) + 2000).astype(np.float16)
    expected = frechet_distance(real.astype(np.float64), generated.astype(np.float64))
    assert frechet_distance(real.astype(dtype), generated.astype(dtype)) == expected


def test_the_bias_falls_with_the_number_of_samples() -> None:
    distances = [frechet_distance(_features(n, 64, seed=n), _features(n, 64, seed=n + 1)) for n in (100, 1000)]
    assert distances == pytest.approx([22.2, 2.2], rel=0.1)


@pytest.mark.parametrize(
    ("real", "message"),
    [
        (np.zeros((1, 3)), "at least 2 samples; the real features hold 1"),
        (np.zeros((4, 2)), "real features have 2 dimensions and the generated ones 3"),
        (np.zeros(3), r"\(samples, dimensions\), not \(3,\)"),
        (np.array([[0, np.nan, 1], [np.inf, 0, 1]]), "2 of 6 values of the real features are not finite"),
    ],
)
def test_unusable_features_are_refused(real: NDArray[np.float64], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, np.ones((4, 3)))


def test_a_matrix_that_is_no_covariance_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 of 2 eigenvalues .* generated features are negative"):
        gaussian_frechet_distance(_gaussian([0, 0], np.eye(2)), _gaussian([0, 0], [[1, 2], [2, 1]]))


def test_eigenvalues_that_rounding_made_negative_are_taken_as_zero() -> None:
    nearly_singular = _gaussian([0, 0], np.diag([1, -1e-9]))
    assert gaussian_frechet_distance(_gaussian([0, 0], np.diag([4, 0])), nearly_singular) == pytest.approx(1, rel=1e-8)


def test_the_floor_is_the_mean_over_seeded_draws() -> None:
    train, heldout = _features(400, 8, seed=7), _features(150, 8, seed=8)
    floor = real_baseline(train, heldout, samples=100, draws=5, seed=3)
    assert floor == real_baseline(train, heldout, samples=100, draws=5, seed=3)
    assert floor.draws[:2] == real_baseline(train, heldout, samples=100, draws=2, seed=3).draws
    assert floor != real_baseline(train, heldout, samples=100, draws=5, seed=4)
    assert len(set(floor.draws)) == 5
    assert floor.mean == pytest.approx(sum(floor.draws) / 5)


def test_the_floor_of_all_images_is_their_distance() -> None:
    train, heldout = _features(50, 4, seed=7), _features(50, 4, seed=8)
    expected = pytest.approx(frechet_distance(train, heldout), rel=1e-10)
    assert real_baseline(train, heldout, samples=50, draws=1, seed=0) == RealBaseline(mean=expected, draws=(expected,))


@pytest.mark.parametrize(("samples", "draws"), [(31, 1), (1, 1), (10, 0)])
def test_a_floor_that_cannot_be_drawn_is_refused(samples: int, draws: int) -> None:
    with pytest.raises(ValueError, match="at least 1 draw of 2 to 30 samples"):
        real_baseline(_features(50, 2, seed=1), _features(30, 2, seed=2), samples, draws, seed=0)
