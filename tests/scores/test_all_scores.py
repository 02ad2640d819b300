"""What holds of every score: of features of any precision, in any order, in chunks of any size, and on real images."""

from dataclasses import astuple
from functools import partial

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, zoom
from sklearn.datasets import load_digits

from gan_pipelines.scores import distances
from gan_pipelines.scores.coverage import class_coverage
from gan_pipelines.scores.frechet import frechet_distance
from gan_pipelines.scores.kernel import exact_kernel_distance, kernel_distance
from gan_pipelines.scores.memorisation import memorisation
from gan_pipelines.scores.ndb import bin_scores
from gan_pipelines.scores.precision_recall import density_coverage, precision_recall
from gan_pipelines.scores.two_sample import classifier_two_sample_test

HELDOUT = np.random.default_rng(2).normal(size=(150, 6))


def memorised(real, generated):
    return astuple(memorisation(generated, real, HELDOUT))[:-1]


def told_apart(real, generated):
    return astuple(classifier_two_sample_test(real, generated))[:3]


def binned(real, generated):
    return astuple(bin_scores(real, generated, HELDOUT, bins=5).generated)


def kernel(real, generated):
    return astuple(kernel_distance(real, generated, subsets=3))


def neighbours(score, real, generated):
    return astuple(score(real, generated))


SCORES = {
    "frechet": frechet_distance,
    "kernel": kernel,
    "exact kernel": exact_kernel_distance,
    "precision and recall": partial(neighbours, precision_recall),
    "density and coverage": partial(neighbours, density_coverage),
    "memorisation": memorised,
    "told apart": told_apart,
    "bins": binned,
}
all_scores = pytest.mark.parametrize("score", SCORES.values(), ids=SCORES.keys())


def features(seed, samples=200, scale=1.0):
    """Features that half precision holds exactly."""
    return (scale * np.random.default_rng(seed).normal(size=(samples, 6))).astype(np.float16).astype(np.float64)


REAL, FAKE = features(0), features(1, scale=1.2)


@all_scores
def test_the_order_of_samples_does_not_matter(score):
    shuffled = np.random.default_rng(0).permutation(FAKE)
    assert score(REAL, shuffled) == pytest.approx(score(REAL, FAKE), rel=1e-10, abs=1e-10)


@all_scores
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_every_dtype_gives_the_score_of_its_values(score, dtype):
    assert score(REAL.astype(dtype), FAKE.astype(dtype)) == score(REAL, FAKE)


@all_scores
@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_of_any_size_give_the_same(score, chunk, monkeypatch):
    expected = score(REAL, FAKE)
    monkeypatch.setattr(distances, "_CHUNK", chunk)
    assert score(REAL, FAKE) == pytest.approx(expected, rel=1e-10, abs=1e-10)


@all_scores
def test_the_same_features_give_the_same_bits(score):
    assert score(REAL, FAKE) == score(REAL.copy(), FAKE.copy())


@all_scores
def test_unusable_features_are_refused(score):
    broken = FAKE.copy()
    broken[3, :2] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"2 of 1,200 values of the generated features are not finite"):
        score(REAL, broken)
    with pytest.raises(ValueError, match=r"dimensions"):
        score(REAL, FAKE[:, :5])
    with pytest.raises(ValueError, match=r"\(samples, dimensions\), not \(200, 0\)"):
        score(REAL[:, :0], FAKE)
    with pytest.raises(ValueError, match=r"[Aa]t least|k must be"):
        score(REAL[:1], FAKE)


def digits():
    """Training, held-out and further real digits as pixels in [0, 1], with the classes of the training digits."""
    pixels, classes = load_digits(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(pixels))
    training, heldout, unseen = np.split(pixels[order] / 16, [900, 1350])
    return training, heldout, unseen, classes[order[:900]]


TRAINING, REAL_DIGITS, UNSEEN, CLASSES = digits()


def noisy(images, level):
    return images + 0.2 * level * np.random.default_rng(0).normal(size=images.shape)


def blurred(images, level):
    return gaussian_filter(images, (0, 0.4 * level, 0.4 * level))


def blacked_out(images, level):
    """A square at a place of each image's own."""
    darkened = images.copy()
    for image, (row, column) in zip(
        darkened, np.random.default_rng(0).integers(0, 8 - level, (len(images), 2)), strict=True
    ):
        image[row : row + level, column : column + level] = 0
    return darkened


def cropped(images, level):
    """The left upper part, enlarged to the size of the whole."""
    part = images[:, : 8 - level, : 8 - level]
    return zoom(part, (1, 8 / (8 - level), 8 / (8 - level)), order=1)


@pytest.mark.parametrize("distance", [frechet_distance, exact_kernel_distance], ids=["frechet", "kernel"])
@pytest.mark.parametrize("disturbed", [noisy, blurred, blacked_out, cropped])
def test_distances_rise_over_five_levels_of_a_disturbance(distance, disturbed):
    images = UNSEEN.reshape(-1, 8, 8)
    sets = [UNSEEN, *(disturbed(images, level).reshape(len(images), -1) for level in range(1, 6))]
    found = [distance(REAL_DIGITS, generated) for generated in sets]
    assert found == sorted(found)
    assert found[-1] > 5 * abs(found[0])


def test_fidelity_falls_with_noise():
    noise = np.random.default_rng(0).normal(size=UNSEEN.shape)
    found = [UNSEEN + level * noise for level in (0, 0.1, 0.2, 0.4)]
    precisions = [precision_recall(REAL_DIGITS, generated).precision for generated in found]
    densities = [density_coverage(REAL_DIGITS, generated).density for generated in found]
    assert precisions == sorted(precisions, reverse=True)
    assert densities == sorted(densities, reverse=True)
    assert precisions[-1] < 0.1
    assert precisions[0] > 0.7


def test_fewer_modes_are_farther_away_and_cover_less():
    sets = [TRAINING[kept < CLASSES] for kept in (-1, 2, 5, 8)]
    recalls = [precision_recall(REAL_DIGITS, generated).recall for generated in sets]
    coverages = [density_coverage(REAL_DIGITS, generated).coverage for generated in sets]
    modes = [class_coverage(np.bincount(CLASSES[kept < CLASSES], minlength=10), 0.03) for kept in (-1, 2, 5, 8)]
    far = [frechet_distance(REAL_DIGITS, generated) for generated in sets]
    assert [mode.covered_classes for mode in modes] == [10, 7, 4, 1]
    assert recalls == sorted(recalls, reverse=True)
    assert coverages == sorted(coverages, reverse=True)
    assert far == sorted(far)
    assert recalls[-1] < 0.3
    assert coverages[-1] < 0.2
    assert recalls[0] > 0.7
    assert coverages[0] > 0.9


def test_copies_of_training_digits_score_best_and_are_found_out():
    copies, honest = TRAINING[:450], UNSEEN
    assert frechet_distance(REAL_DIGITS, copies) < 1.5 * frechet_distance(REAL_DIGITS, honest)
    assert memorisation(copies, TRAINING, REAL_DIGITS).suspicious
    assert not memorisation(honest, TRAINING, REAL_DIGITS).suspicious
    assert classifier_two_sample_test(copies, copies).accuracy == 0
    assert classifier_two_sample_test(TRAINING, honest).accuracy == pytest.approx(0.5, abs=0.08)
