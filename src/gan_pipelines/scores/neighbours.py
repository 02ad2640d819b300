"""Fidelity and diversity apart: how many samples of one set lie among the neighbours of the other.

Around each sample lies a ball that reaches to its k-th nearest neighbour in its own set. The values depend on k, on the
number of samples and on the features, so they compare only where these are equal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import TIE, checked_features, neighbour_distances, squared_distances

_NAMES = ("real features", "fake features")


@dataclass(frozen=True)
class PrecisionRecall:
    """How much of either set lies in the balls around the other.

    Args:
        precision: Share of fake samples within the balls of real ones, in [0, 1]: fidelity.
        recall: Share of real samples within the balls of fake ones, in [0, 1]: diversity.
    """

    precision: float
    recall: float


@dataclass(frozen=True)
class DensityCoverage:
    """How full the balls around real samples are.

    Args:
        density: Mean number of real balls that a fake sample lies in, divided by k; about 1 for equal distributions,
            and above 1 where fakes gather where reals are dense.
        coverage: Share of real samples with a fake one in their ball, in [0, 1]; for equal distributions of as many
            samples, a little more than 1 - 1 / 2^k.
    """

    density: float
    coverage: float


def precision_recall(real: NDArray[np.generic], fake: NDArray[np.generic], k: int = 3) -> PrecisionRecall:
    """Returns the improved precision and recall.

    Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models", 2019. As there, a ball
    holds its surface. Equal distributions do not reach 1.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        fake: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        k: To which neighbour a ball reaches.

    Raises:
        ValueError: k is no positive number, a set is not a matrix, has fewer than k + 1 samples or holds values that
            are not finite, or the sets differ in their dimensions.
    """
    real, fake = checked_features(real, fake, names=_NAMES)
    real_radii = neighbour_distances(real, k, _NAMES[0]) * (1 + TIE)
    fake_radii = neighbour_distances(fake, k, _NAMES[1]) * (1 + TIE)
    precise, recalled = np.zeros(len(fake), np.bool_), np.zeros(len(real), np.bool_)
    for chunk, squares in squared_distances(fake, real):
        precise[chunk] = (squares <= real_radii).any(axis=1)
        recalled |= (squares <= fake_radii[chunk, np.newaxis]).any(axis=0)
    return PrecisionRecall(precision=float(precise.mean()), recall=float(recalled.mean()))


def density_coverage(real: NDArray[np.generic], fake: NDArray[np.generic], k: int = 5) -> DensityCoverage:
    """Returns density and coverage, which outliers among the samples disturb less than precision and recall.

    Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", 2020. As there, a ball does not hold
    its surface; but it always holds its centre. Without that, a real image that stands more than k times in the data
    has an empty ball, and sets of such images score 0 against themselves.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        fake: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        k: To which neighbour a ball reaches.

    Raises:
        ValueError: k is no positive number, a set is not a matrix or holds values that are not finite, there are fewer
            than k + 1 real samples or no fake one, or the sets differ in their dimensions.
    """
    real, fake = checked_features(real, fake, names=_NAMES)
    radii = neighbour_distances(real, k, _NAMES[0]) * (1 - TIE)
    inside, covered = 0, np.zeros(len(real), np.bool_)
    for _, squares in squared_distances(fake, real):
        held = (squares < radii) | (squares == 0)
        inside += int(np.count_nonzero(held))
        covered |= held.any(axis=0)
    return DensityCoverage(density=inside / (k * len(fake)), coverage=float(covered.mean()))
