"""How evenly generated images fall into bins of the training images.

Richardson and Weiss, "On GANs and GMMs", 2018. The bins are clusters of training features; the number of statistically
different bins counts those whose share of generated images differs from that of training images beyond chance.
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
"""Beyond this on either side lies a twentieth of a normal distribution."""

_EXPECTED_COUNT = 10
"""How many images a bin needs for the normal approximation of its share."""


@dataclass(frozen=True)
class BinDifferences:
    """How a set of images is spread over the bins, against the training images.

    Args:
        different_bins: Bins whose shares differ at the level of 5 %.
        different_share: The same as a share of all bins, in [0, 1]; about 0.05 for images like the training images.
        jensen_shannon: Jensen-Shannon divergence of the shares in nats, in [0, ln 2].
    """

    different_bins: int
    different_share: float
    jensen_shannon: float


@dataclass(frozen=True)
class BinScores:
    """How generated images are spread, beside held-out real ones.

    Args:
        generated: Of the generated images.
        heldout: Of the held-out real images: what images of the same distribution get.
        bins: How many bins there are.
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
    """Clusters training images and compares how generated and held-out images are spread over the clusters.

    Args:
        training: Features of training images, ``(training images, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(generated images, dimensions)``.
        heldout: Features of real images kept away from training, ``(held-out images, dimensions)``.
        bins: How many bins there are; fewer where the smallest set has not ten images for each.
        seed: Decides where the clustering begins.

    Raises:
        ValueError: A set is not a matrix, has fewer than 20 samples or holds values that are not finite, the sets
            differ in their dimensions, or there are fewer than two bins.
    """
    names = ("training features", "generated features", "held-out features")
    sets = checked_features(training, generated, heldout, names=names, at_least=2 * _EXPECTED_COUNT)
    if bins < 2:
        raise ValueError(f"Shares are compared over at least 2 bins, not {bins}.")
    bins = min(bins, min(map(len, sets)) // _EXPECTED_COUNT)
    clustering = KMeans(bins, n_init=1, random_state=stream_seed(seed, "bins"))
    # More threads add up their parts in the order in which they finish.
    with threadpool_limits(1, user_api="openmp"):
        centres = clustering.fit(sets[0]).cluster_centers_
    expected, *counts = (np.bincount(nearest_neighbours(each, centres).indices, minlength=bins) for each in sets)
    of_generated, of_heldout = (bin_differences(each, expected) for each in counts)
    return BinScores(generated=of_generated, heldout=of_heldout, bins=bins)


def bin_differences(counts: NDArray[np.integer], expected: NDArray[np.integer]) -> BinDifferences:
    """Compares the shares of two sets of images in each bin.

    Args:
        counts: Images in each bin, ``(bins,)``.
        expected: Training images in each bin, ``(bins,)``. A bin without images of either set is no different one.

    Raises:
        ValueError: The counts are not of one length, or a set has no image.
    """
    if counts.shape != expected.shape or counts.ndim != 1 or not counts.any() or not expected.any():
        raise ValueError(
            f"Both sets have a count for each bin and at least one image; found the shapes {counts.shape} and "
            f"{expected.shape} with {counts.sum():,} and {expected.sum():,} images."
        )
    differences = two_proportion_z(counts, int(counts.sum()), expected, int(expected.sum()))
    different = int(np.count_nonzero(np.abs(differences) > _SIGNIFICANT_Z))
    return BinDifferences(
        different_bins=different,
        different_share=different / counts.size,
        jensen_shannon=_jensen_shannon(counts / counts.sum(), expected / expected.sum()),
    )


def _jensen_shannon(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    middle = (first + second) / 2
    divergences = [share[share > 0] @ np.log(share[share > 0] / middle[share > 0]) for share in (first, second)]
    return max(0.0, float(sum(divergences) / 2))
