"""The kernel distance between two sets of features: an unbiased squared maximum mean discrepancy.

Bińkowski et al., "Demystifying MMD GANs", 2018, with their kernel k(x, y) = (x · y / dimensions + 1)³. Unlike the
Frechet distance it has no bias that depends on the number of samples, so it suits small sets. An unbiased
estimate may be negative for equal distributions, and must not be clipped at 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import checked_features, row_chunks
from gan_pipelines.training.randomness import random_generator

_NAMES = ("real features", "generated features")


@dataclass(frozen=True)
class KernelDistance:
    """A kernel distance with its spread.

    Args:
        mean: Mean over the subsets; may be negative.
        standard_deviation: Population standard deviation over the subsets (``ddof=0``).
        subsets: Number of pairs of subsets.
        subset_size: Number of samples of each subset.
    """

    mean: float
    standard_deviation: float
    subsets: int
    subset_size: int


def kernel_distance(
    real: NDArray[np.generic],
    generated: NDArray[np.generic],
    subsets: int = 100,
    subset_size: int = 1000,
    seed: int = 0,
) -> KernelDistance:
    """Returns the mean kernel distance between subsets of two sets of features.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        subsets: Number of pairs of subsets.
        subset_size: Maximum number of samples per subset, drawn without replacement; at most those of the smaller set.
        seed: Seed of the subsets.

    Raises:
        ValueError: If a set is not a matrix, has fewer than two samples or holds values that are not finite, the sets
            differ in their dimensions, ``subsets`` < 1, or ``subset_size`` < 2.
    """
    real, generated = checked_features(real, generated, names=_NAMES, at_least=2)
    if subsets < 1 or subset_size < 2:
        raise ValueError(f"At least 1 subset of 2 samples is needed, not {subsets:,} of {subset_size:,}.")
    size = min(subset_size, len(real), len(generated))
    distances = []
    for subset in range(subsets):
        generator = random_generator(seed, "kernel distance", subset)
        chosen = [features[generator.choice(len(features), size, replace=False)] for features in (real, generated)]
        distances.append(_discrepancy(*chosen))
    return KernelDistance(float(np.mean(distances)), float(np.std(distances)), subsets, size)


def exact_kernel_distance(real: NDArray[np.generic], generated: NDArray[np.generic]) -> float:
    """Returns the kernel distance over all pairs of samples, for sets that are too small for subsets.

    The U-statistic of Gretton et al., "A Kernel Two-Sample Test", 2012, equation 3. Its cost is quadratic in the
    number of samples.

    Args:
        real: Features of real images, ``(samples, dimensions)``.
        generated: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.

    Raises:
        ValueError: If a set is not a matrix, has fewer than two samples or holds values that are not finite, or the
            sets differ in their dimensions.
    """
    return _discrepancy(*checked_features(real, generated, names=_NAMES, at_least=2))


def _discrepancy(real: NDArray[np.float64], generated: NDArray[np.float64]) -> float:
    across = _kernel_sum(real, generated) / (len(real) * len(generated))
    return _mean_of_pairs(real) + _mean_of_pairs(generated) - 2 * across


def _mean_of_pairs(features: NDArray[np.float64]) -> float:
    """Returns the mean kernel over all pairs of distinct samples."""
    samples, dimensions = features.shape
    diagonal = ((np.einsum("ij,ij->i", features, features) / dimensions + 1) ** 3).sum()
    return float((_kernel_sum(features, features) - diagonal) / (samples * (samples - 1)))


def _kernel_sum(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    scaled = left / left.shape[1]
    total = 0.0
    for chunk in row_chunks(len(left)):
        bases = scaled[chunk] @ right.T + 1
        total += float((bases * bases * bases).sum())
    return total
