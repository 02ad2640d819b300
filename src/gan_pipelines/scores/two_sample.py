"""Tests of whether two samples come from one distribution."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import checked_features, nearest_neighbours
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True)
class TwoSampleTest:
    """How well real and fake samples are told apart.

    Args:
        accuracy: Share of samples told right, in [0, 1]. About 1/2 where the sets are alike, 1 where they are far
            apart; far below 1/2 where each fake lies beside a real one, as copies do.
        real_accuracy: The same of the real samples alone.
        fake_accuracy: The same of the fake samples alone.
        p_value: How probable an accuracy at least as far from its mean is where the sets are alike, in (0, 1].
        samples: How many real and as many fake samples were compared.
    """

    accuracy: float
    real_accuracy: float
    fake_accuracy: float
    p_value: float
    samples: int


def classifier_two_sample_test(
    real: NDArray[np.generic], fake: NDArray[np.generic], permutations: int = 999, seed: int = 0
) -> TwoSampleTest:
    """Tells real from fake samples by their nearest neighbour, each left out in turn.

    Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", 2017, with the classifier that Xu et al., "An
    Empirical Study on Evaluation Metrics of Generative Adversarial Networks", 2018, found to serve best. The answers
    depend on one another, so the p-value comes from permuted labels; it counts both sides.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        fake: Features of generated images, ``(samples, dimensions)``. Of the larger set, as many as the smaller one
            has are drawn.
        permutations: How many times the labels are permuted; no p-value is below 1 / (permutations + 1).
        seed: Decides what is drawn, and which of equally near neighbours counts.

    Raises:
        ValueError: A set is not a matrix, has fewer than two samples or holds values that are not finite, the sets
            differ in their dimensions, or there are no permutations.
    """
    real, fake = checked_features(real, fake, names=("real features", "fake features"), at_least=2)
    if permutations < 1:
        raise ValueError(f"A p-value takes at least 1 permutation, not {permutations:,}.")
    samples = min(len(real), len(fake))
    generator = random_generator(seed, "classifier two-sample test")
    chosen = [features[generator.choice(len(features), samples, replace=False)] for features in (real, fake)]
    # Of equally near neighbours the first counts; in their given order, it would always be a real one.
    order = generator.permutation(2 * samples)
    is_real = order < samples
    mixed = np.concatenate(chosen)[order]
    nearest = nearest_neighbours(mixed, mixed, own=np.arange(2 * samples)).indices
    right = is_real[nearest] == is_real
    mean = (samples - 1) / (2 * samples - 1)
    distance = abs(right.mean() - mean)
    permuted = (generator.permutation(is_real) for _ in range(permutations))
    # Rounding must not decide whether a permutation is as far from the mean.
    as_far = sum(abs((labels[nearest] == labels).mean() - mean) >= distance - 1e-12 for labels in permuted)
    return TwoSampleTest(
        accuracy=float(right.mean()),
        real_accuracy=float(right[is_real].mean()),
        fake_accuracy=float(right[~is_real].mean()),
        p_value=float((1 + as_far) / (1 + permutations)),
        samples=samples,
    )


def mann_whitney_z(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Returns by how many standard deviations values of the first sample exceed those of the second too often.

    Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", 1947.
    Ties count half and narrow the deviation; where all values are equal, it is 0.

    Args:
        first: ``(values,)``.
        second: ``(other values,)``.

    Raises:
        ValueError: A sample is empty.
    """
    if not first.size or not second.size:
        raise ValueError("Two samples are compared; one of them is empty.")
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
    """Returns by how many pooled standard deviations the first share exceeds the second; 0 where none can differ.

    Args:
        first: Counts in the first sample, ``(shares,)`` or a single one.
        first_total: Size of the first sample.
        second: Counts in the second sample, of the same shape.
        second_total: Size of the second sample.
    """
    pooled = np.asarray(first + second) / (first_total + second_total)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / first_total + 1 / second_total))
    difference = np.asarray(first / first_total - second / second_total)
    return np.divide(difference, deviation, out=np.zeros_like(difference), where=deviation > 0)
