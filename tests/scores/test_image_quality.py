"""Errors and similarities of pictures, against direct implementations with SciPy and constants by hand."""

import numpy as np
import pytest
from scipy.ndimage import correlate, gaussian_filter

from gan_pipelines.scores.image_quality import (
    luminance,
    mean_absolute_error,
    peak_signal_to_noise_ratio,
    structural_similarity,
)

MEASURES = (mean_absolute_error, peak_signal_to_noise_ratio, structural_similarity)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def blurred_and_noisy(shape=(3, 24, 17, 3)):
    truths = gaussian_filter(noise(*shape).astype(float), (0, 2, 2, 0))
    truths = np.clip((truths - 127.5) * 5 + 127.5, 0, 255).astype(np.uint8)
    disturbed = truths + np.random.default_rng(1).normal(size=shape) * [[[[5]]], [[[20]]], [[[60]]]]
    return np.clip(disturbed, 0, 255).astype(np.uint8), truths


def flat(level, count=1):
    return np.full((count, 16, 16, 1), level, np.uint8)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (mean_absolute_error, [20 / 255, 0, 1]),
        (peak_signal_to_noise_ratio, [20 * np.log10(255 / 20), 100, 0]),
        # Only the means differ: (2 * 10 * 30 + 6.5025) / (10² + 30² + 6.5025), and so on.
        (structural_similarity, [606.5025 / 1006.5025, 1, 6.5025 / 65031.5025]),
    ],
)
def test_flat_pictures_have_errors_that_are_computed_by_hand(measure, expected):
    pictures, truths = (np.concatenate([flat(level) for level in levels]) for levels in ((10, 7, 255), (30, 7, 0)))
    assert measure(pictures, truths) == pytest.approx(expected, abs=1e-12)
    assert measure(truths, pictures) == pytest.approx(expected, abs=1e-12), "bytes must not wrap around"


def test_the_ratio_is_of_each_picture_not_of_the_mean_error():
    pictures = np.concatenate([flat(1), flat(16)])
    assert peak_signal_to_noise_ratio(pictures, flat(0, 2)) == pytest.approx([48.1308036, 24.0484039])


def test_the_ratio_of_nearly_equal_pictures_is_limited_like_that_of_equal_ones():
    truth = np.zeros((1, 300, 300, 1), np.uint8)
    picture = truth.copy()
    picture[0, 0, 0] = 1
    one_error = 97.67323  # 10 log10(255² * 300²)
    assert peak_signal_to_noise_ratio(picture, truth) == pytest.approx([one_error])
    assert peak_signal_to_noise_ratio(truth + 1e-4, truth.astype(float)).tolist() == [100.0]


def test_the_similarity_equals_a_direct_implementation():
    """The definition written down window by window, as scikit-image computes it, per channel."""
    pictures, truths = blurred_and_noisy()
    axis = np.arange(-5, 6)
    window = np.exp(-(axis[:, np.newaxis] ** 2 + axis**2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(values):
        return correlate(values, window)[5:-5, 5:-5]

    def similarity(x, y):
        x_mean, y_mean = mean(x), mean(y)
        x_variance, y_variance = mean(x * x) - x_mean**2, mean(y * y) - y_mean**2
        covariance = mean(x * y) - x_mean * y_mean
        first = (2 * x_mean * y_mean + 2.55**2) / (x_mean**2 + y_mean**2 + 2.55**2)
        return (first * (2 * covariance + 7.65**2) / (x_variance + y_variance + 7.65**2)).mean()

    expected = [
        np.mean([similarity(picture[..., channel], truth[..., channel]) for channel in range(3)])
        for picture, truth in zip(pictures.astype(float), truths.astype(float), strict=True)
    ]
    found = structural_similarity(pictures, truths)
    assert found == pytest.approx(expected, abs=1e-12)
    assert 0.99 > found[0] > found[1] > found[2] > 0.1


@pytest.mark.parametrize("measure", MEASURES)
def test_each_picture_is_measured_by_itself(measure):
    pictures, truths = blurred_and_noisy()
    alone = [measure(pictures[[index]], truths[[index]])[0] for index in range(3)]
    found = measure(pictures, truths)
    assert (found.dtype, found.tolist()) == (np.float64, alone)


def test_only_the_smallest_pictures_have_a_single_window():
    picture, truth = noise(1, 11, 11, 1), noise(1, 11, 11, 1, seed=1)
    assert -1 < structural_similarity(picture, truth)[0] < 1
    with pytest.raises(ValueError, match=r"at least 11x11 pixels, not 10x11"):
        structural_similarity(picture[:, :10], truth[:, :10])


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("shape", "other"),
    [((2, 12, 12, 3), (2, 12, 12, 1)), ((12, 12, 3), (12, 12, 3)), ((0, 12, 12, 3), (0, 12, 12, 3))],
)
def test_pictures_of_unlike_shapes_are_refused(measure, shape, other):
    with pytest.raises(ValueError, match=r"must have the same shape"):
        measure(noise(*shape), noise(*other))


def test_luminance_is_that_of_the_television_standard():
    colours = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    found = luminance(colours.reshape(1, 1, 5, 3)).ravel()
    assert found == pytest.approx([16, 235, 81.481, 144.553, 40.966], abs=2e-3)
    gray = luminance(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1)).ravel()
    assert gray == pytest.approx([16, 235], abs=2e-3)


def test_luminance_is_cut_at_every_side():
    pictures = noise(2, 20, 14, 3)
    assert luminance(pictures, 4).shape == (2, 12, 6, 1)
    assert np.array_equal(luminance(pictures, 4), luminance(pictures)[:, 4:-4, 4:-4])
    assert peak_signal_to_noise_ratio(luminance(pictures, 4), luminance(pictures, 4)).tolist() == [100, 100]
    for border in (7, -1):
        with pytest.raises(ValueError, match="larger than twice the border"):
            luminance(pictures, border)
