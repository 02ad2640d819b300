"""Precision and recall, density and coverage: separate scores of fidelity and diversity.

The ball around a sample has the distance to its k-th nearest neighbour in the same set as radius. The scores depend on
k, the number of samples and the features, so they compare only if these are equal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import TIE, checked_features, neighbour_distances, squared_distances

_NAMES = ("real features", "generated features")


@dataclass(frozen=True)
class PrecisionRecall:
    """Fractions of each set within the balls of the other.

    Args:
        precision: Fraction of generated samples within the balls of real ones, in [0, 1]: fidelity.
        recall: Fraction of real samples within the balls of generated ones, in [0, 1]: diversity.
    """

    precision: float
    recall: float


@dataclass(frozen=True)
class DensityCoverage:
    """Density and coverage of the balls around real samples.

    Args:
        density: Mean number of real balls that contain a generated sample, divided by k; about 1 for equal
            distributions, and above 1 if generated samples concentrate where reals are dense.
        coverage: Fraction of real samples with a generated one in their ball, in [0, 1]; for equal distributions of
            as many samples, a little more than 1 - 1 / 2^k.
    """

    density: float
    coverage: float


def precision_recall(real: NDArray[np.generic], generated: NDArray[np.generic], k: int = 3) -> PrecisionRecall:
    """Returns the improved precision and recall.

    Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models", 2019. As in the paper,
    a ball includes its surface. Equal distributions score below 1.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        k: Rank of the neighbour that determines the radius.

    Raises:
        ValueError: If k < 1, a set is not a matrix, has fewer than k + 1 samples or holds values that
            are not finite, or the sets differ in their dimensions.
    """
    real, generated = checked_features(real, generated, names=_NAMES)
    real_radii = neighbour_distances(real, k, _NAMES[0]) * (1 + TIE)
    generated_radii = neighbour_distances(generated, k, _NAMES[1]) * (1 + TIE)
    is_precise, is_recalled = np.zeros(len(generated), np.bool_), np.zeros(len(real), np.bool_)
    for chunk, squares in squared_distances(generated, real):
        is_precise[chunk] = (squares <= real_radii).any(axis=1)
        is_recalled |= (squares <= generated_radii[chunk, np.newaxis]).any(axis=0)
    return PrecisionRecall(precision=float(is_precise.mean()), recall=float(is_recalled.mean()))


def density_coverage(real: NDArray[np.generic], generated: NDArray[np.generic], k: int = 5) -> DensityCoverage:
    """Returns density and coverage, which are more robust to outliers than precision and recall.

    Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", 2020. As in the paper, a ball
    excludes its surface; but here it always includes its centre. Otherwise a real image that occurs more than k times
    has an empty ball, and a set of such images scores 0 against itself.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.
        k: Rank of the neighbour that determines the radius.

    Raises:
        ValueError: If k < 1, a set is not a matrix or holds values that are not finite, there are fewer
            than k + 1 real samples or no generated one, or the sets differ in their dimensions.
    """
    real, generated = checked_features(real, generated, names=_NAMES)
    radii = neighbour_distances(real, k, _NAMES[0]) * (1 - TIE)
    pairs_inside, is_covered = 0, np.zeros(len(real), np.bool_)
    for _, squares in squared_distances(generated, real):
        is_inside = (squares < radii) | (squares == 0)
        pairs_inside += int(np.count_nonzero(is_inside))
        is_covered |= is_inside.any(axis=0)
    return DensityCoverage(density=pairs_inside / (k * len(generated)), coverage=float(is_covered.mean()))
