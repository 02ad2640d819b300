"""Number of statistically different bins (NDB) between generated and training images.

Richardson and Weiss, "On GANs and GMMs", 2018. The bins are clusters of training features; a bin is different if its
proportions of generated and of training images differ significantly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gan_pipelines.scores.distances import checked_features, nearest_neighbours
from gan_pipelines.scores.two_sample import two_proportion_z
from gan_pipelines.training.randomness import stream_seed

_SIGNIFICANT_Z = 1.959963984540054
"""Two-sided critical value of the standard normal distribution at the 5 % level."""

_EXPECTED_COUNT = 10
"""Number of images per bin for the normal approximation of its proportion."""


@dataclass(frozen=True)
class BinDifferences:
    """Differences between the bin proportions of a set of images and those of the training images.

    Args:
        ndb: Number of bins whose proportions differ at the 5 % level.
        different_fraction: ``ndb`` / bins, in [0, 1]; about 0.05 for images of the same distribution.
        jensen_shannon: Jensen-Shannon divergence of the proportions in nats, in [0, ln 2].
    """

    ndb: int
    different_fraction: float
    jensen_shannon: float


@dataclass(frozen=True)
class BinScores:
    """Bin differences of generated images, with those of held-out real images as the baseline.

    Args:
        generated: Differences of the generated images.
        heldout: Differences of the held-out real images, which are from the training distribution.
        bins: Number of bins.
    """

    generated: BinDifferences
    heldout: BinDifferences
    bins: int


def bin_scores(
    training: NDArray[np.generic],
    generated: NDArray[np.generic],
    heldout: NDArray[np.generic],
    bins: int = 100,
    seed: int = 0,
) -> BinScores:
    """Clusters training images and compares the cluster proportions of generated and held-out images with theirs.

    Args:
        training: Features of training images, ``(training images, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(generated images, dimensions)``.
        heldout: Features of held-out real images, ``(held-out images, dimensions)``.
        bins: Number of bins; reduced if the smallest set has fewer than ten images per bin.
        seed: Seed of the clustering.

    Raises:
        ValueError: If a set is not a matrix, has fewer than 20 samples or holds values that are not finite, the sets
            differ in their dimensions, or there are fewer than two bins.
    """
    names = ("training features", "generated features", "held-out features")
    sets = checked_features(training, generated, heldout, names=names, at_least=2 * _EXPECTED_COUNT)
    if bins < 2:
        raise ValueError(f"Proportions are compared over at least 2 bins, not {bins}.")
    bins = min(bins, min(map(len, sets)) // _EXPECTED_COUNT)
    clustering = KMeans(bins, n_init=1, random_state=stream_seed(seed, "bins"))
    # With more threads, the order of summation, and so the rounding, varies.
    with threadpool_limits(1, user_api="openmp"):
        centres = clustering.fit(sets[0]).cluster_centers_
    expected, *counts = (np.bincount(nearest_neighbours(each, centres).indices, minlength=bins) for each in sets)
    generated_differences, heldout_differences = (bin_differences(each, expected) for each in counts)
    return BinScores(generated=generated_differences, heldout=heldout_differences, bins=bins)


def bin_differences(counts: NDArray[np.integer], expected: NDArray[np.integer]) -> BinDifferences:
    """Compares the bin proportions of two sets of images.

    Args:
        counts: Images in each bin, ``(bins,)``.
        expected: Training images in each bin, ``(bins,)``. A bin that is empty in both sets is not different.

    Raises:
        ValueError: If the counts differ in length, or a set has no image.
    """
    if counts.shape != expected.shape or counts.ndim != 1 or not counts.any() or not expected.any():
        raise ValueError(
            f"Both sets need a count for each bin and at least one image; found the shapes {counts.shape} and "
            f"{expected.shape} with {counts.sum():,} and {expected.sum():,} images."
        )
    differences = two_proportion_z(counts, int(counts.sum()), expected, int(expected.sum()))
    different = int(np.count_nonzero(np.abs(differences) > _SIGNIFICANT_Z))
    return BinDifferences(
        ndb=different,
        different_fraction=different / counts.size,
        jensen_shannon=_jensen_shannon(counts / counts.sum(), expected / expected.sum()),
    )


def _jensen_shannon(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    middle = (first + second) / 2
    divergences = [p[p > 0] @ np.log(p[p > 0] / middle[p > 0]) for p in (first, second)]
    return max(0.0, float(sum(divergences) / 2))
