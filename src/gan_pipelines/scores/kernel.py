"""The kernel distance between two sets of features: an unbiased squared maximum mean discrepancy.

Bińkowski et al., "Demystifying MMD GANs", 2018, with their kernel k(x, y) = (x · y / dimensions + 1)³. Unlike the
Frechet distance it has no bias that depends on the number of samples, so it suits small sets; being unbiased, it is
negative now and then where the sets are alike, and must not be cut at 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import checked_features, row_chunks
from gan_pipelines.training.randomness import random_generator

_NAMES = ("real features", "fake features")


@dataclass(frozen=True)
class KernelDistance:
    """A kernel distance with its spread.

    Args:
        mean: Mean over the subsets; may be negative.
        standard_deviation: Over the subsets, as of a whole population (``ddof=0``).
        subsets: How many were drawn.
        subset_size: How many real and as many fake samples each had.
    """

    mean: float
    standard_deviation: float
    subsets: int
    subset_size: int


def kernel_distance(
    real: NDArray[np.generic], fake: NDArray[np.generic], subsets: int = 100, subset_size: int = 1000, seed: int = 0
) -> KernelDistance:
    """Returns the mean kernel distance between subsets of two sets of features.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        fake: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        subsets: How many pairs of subsets are compared.
        subset_size: How many samples a subset has, drawn without replacement; fewer where a set has fewer.
        seed: Decides what is drawn.

    Raises:
        ValueError: A set is not a matrix, has fewer than two samples or holds values that are not finite, the sets
            differ in their dimensions, or there is no subset or one of fewer than two samples.
    """
    real, fake = checked_features(real, fake, names=_NAMES, at_least=2)
    if subsets < 1 or subset_size < 2:
        raise ValueError(f"At least 1 subset of 2 samples is compared, not {subsets:,} of {subset_size:,}.")
    size = min(subset_size, len(real), len(fake))
    distances = []
    for subset in range(subsets):
        generator = random_generator(seed, "kernel distance", subset)
        chosen = [features[generator.choice(len(features), size, replace=False)] for features in (real, fake)]
        distances.append(_discrepancy(*chosen))
    return KernelDistance(float(np.mean(distances)), float(np.std(distances)), subsets, size)


def exact_kernel_distance(real: NDArray[np.generic], fake: NDArray[np.generic]) -> float:
    """Returns the kernel distance over all pairs of samples, for sets that are too small for subsets.

    The U-statistic of Gretton et al., "A Kernel Two-Sample Test", 2012, equation 3. Its cost goes with the square of
    the number of samples.

    Args:
        real: Features of real images, ``(samples, dimensions)``.
        fake: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.

    Raises:
        ValueError: A set is not a matrix, has fewer than two samples or holds values that are not finite, or the sets
            differ in their dimensions.
    """
    return _discrepancy(*checked_features(real, fake, names=_NAMES, at_least=2))


def _discrepancy(real: NDArray[np.float64], fake: NDArray[np.float64]) -> float:
    across = _kernel_sum(real, fake) / (len(real) * len(fake))
    return _mean_of_others(real) + _mean_of_others(fake) - 2 * across


def _mean_of_others(features: NDArray[np.float64]) -> float:
    """Returns the mean kernel of all pairs of different samples."""
    samples, dimensions = features.shape
    with_itself = ((np.einsum("ij,ij->i", features, features) / dimensions + 1) ** 3).sum()
    return float((_kernel_sum(features, features) - with_itself) / (samples * (samples - 1)))


def _kernel_sum(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    scaled = left / left.shape[1]
    total = 0.0
    for chunk in row_chunks(len(left)):
        bases = scaled[chunk] @ right.T + 1
        total += float((bases * bases * bases).sum())
    return total
