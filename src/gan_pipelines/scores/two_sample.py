"""Two-sample tests: whether two sets of samples come from the same distribution."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import checked_features, nearest_neighbours
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True)
class TwoSampleTest:
    """Result of a classifier two-sample test of real and generated samples.

    Args:
        accuracy: Leave-one-out accuracy of the 1-nearest-neighbour classifier, in [0, 1]. About 1/2 for equal
            distributions, 1 for separated ones; far below 1/2 if each generated sample is a near copy of a real one.
        real_accuracy: Accuracy on the real samples.
        generated_accuracy: Accuracy on the generated samples.
        p_value: Two-sided permutation p-value of the accuracy, in (0, 1].
        samples: Number of real and of generated samples.
    """

    accuracy: float
    real_accuracy: float
    generated_accuracy: float
    p_value: float
    samples: int


def classifier_two_sample_test(
    real: NDArray[np.generic], generated: NDArray[np.generic], permutations: int = 999, seed: int = 0
) -> TwoSampleTest:
    """Classifies real and generated samples by their nearest neighbour, leaving each out in turn.

    Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", 2017, with the classifier that Xu et al., "An
    Empirical Study on Evaluation Metrics of Generative Adversarial Networks", 2018, recommend. Its predictions are not
    independent, so the p-value comes from permuted labels; it is two-sided.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(samples, dimensions)``. The larger set is
            subsampled to the size of the smaller one.
        permutations: Number of label permutations; the smallest possible p-value is 1 / (permutations + 1).
        seed: Seed of the subset, the permutations, and the choice among equally near neighbours.

    Raises:
        ValueError: If a set is not a matrix, has fewer than two samples or holds values that are not finite, the sets
            differ in their dimensions, or ``permutations`` < 1.
    """
    real, generated = checked_features(real, generated, names=("real features", "generated features"), at_least=2)
    if permutations < 1:
        raise ValueError(f"A p-value needs at least 1 permutation, not {permutations:,}.")
    samples = min(len(real), len(generated))
    generator = random_generator(seed, "classifier two-sample test")
    chosen = [features[generator.choice(len(features), samples, replace=False)] for features in (real, generated)]
    # Of equally near neighbours the first counts; without shuffling, it would always be a real one.
    order = generator.permutation(2 * samples)
    is_real = order < samples
    mixed = np.concatenate(chosen)[order]
    nearest = nearest_neighbours(mixed, mixed, own=np.arange(2 * samples)).indices
    is_correct = is_real[nearest] == is_real
    mean = (samples - 1) / (2 * samples - 1)
    distance = abs(is_correct.mean() - mean)
    permuted = (generator.permutation(is_real) for _ in range(permutations))
    # The tolerance keeps rounding from deciding whether a permutation is as far from the mean.
    as_extreme = sum(abs((labels[nearest] == labels).mean() - mean) >= distance - 1e-12 for labels in permuted)
    return TwoSampleTest(
        accuracy=float(is_correct.mean()),
        real_accuracy=float(is_correct[is_real].mean()),
        generated_accuracy=float(is_correct[~is_real].mean()),
        p_value=float((1 + as_extreme) / (1 + permutations)),
        samples=samples,
    )


def mann_whitney_z(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Returns the z-score of the Mann-Whitney U statistic, > 0 if the first sample tends to be larger.

    Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", 1947.
    Ties count half and reduce the variance; the z-score is 0 if all values are equal.

    Args:
        first: ``(values,)``.
        second: ``(other values,)``.

    Raises:
        ValueError: If a sample is empty.
    """
    if not first.size or not second.size:
        raise ValueError("The test needs two non-empty samples; one of them is empty.")
    ordered = np.sort(second)
    below, not_above = (np.searchsorted(ordered, first, side=side) for side in ("left", "right"))
    larger = (below + not_above).sum() / 2
    _, ties = np.unique(np.concatenate([first, second]), return_counts=True)
    pairs, total = first.size * second.size, first.size + second.size
    tied = (ties.astype(np.float64) ** 3 - ties).sum() / (total * (total - 1))
    variance = pairs / 12 * (total + 1 - tied)
    return float((larger - pairs / 2) / math.sqrt(variance)) if variance > 0 else 0.0


def two_proportion_z(
    first: NDArray[np.integer] | np.integer,
    first_total: int,
    second: NDArray[np.integer] | np.integer,
    second_total: int,
) -> NDArray[np.float64]:
    """Returns the z-score of first minus second proportion with pooled variance; 0 if the variance is 0.

    Args:
        first: Counts in the first sample, ``(proportions,)`` or a single one.
        first_total: Size of the first sample.
        second: Counts in the second sample, of the same shape.
        second_total: Size of the second sample.
    """
    pooled = np.asarray(first + second) / (first_total + second_total)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / first_total + 1 / second_total))
    difference = np.asarray(first / first_total - second / second_total)
    return np.divide(difference, deviation, out=np.zeros_like(difference), where=deviation > 0)
