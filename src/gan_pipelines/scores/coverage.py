"""Class coverage of generated images, and divergence of their class distribution from that of real images."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_Counts: TypeAlias = Sequence[int] | Sequence[float] | NDArray[np.integer] | NDArray[np.floating]


@dataclass(frozen=True)
class ClassCoverage:
    """Class distribution of generated images as predicted by a classifier.

    Args:
        covered_classes: Number of classes with at least one image.
        classes_above_minimum: Number of classes with at least the minimum fraction of the images.
        smallest_fraction: Fraction of the images in the rarest class, in [0, 1].
        smallest_class: Index of the rarest class; the first in case of a tie.
        shares: Fraction of the images in each class, in [0, 1].
    """

    covered_classes: int
    classes_above_minimum: int
    smallest_fraction: float
    smallest_class: int
    shares: tuple[float, ...]


def class_coverage(counts: _Counts, minimum_fraction: float) -> ClassCoverage:
    """Returns the fraction of the images in each class.

    Args:
        counts: Images per class, ``(classes,)``.
        minimum_fraction: Fraction of the images, in [0, 1], from which a class counts in ``classes_above_minimum``.

    Raises:
        ValueError: If the counts are not a vector, not finite, negative or all zero, or ``minimum_fraction`` is outside
            [0, 1].
    """
    if not 0 <= minimum_fraction <= 1:
        raise ValueError(f"minimum_fraction must be in [0, 1], not {minimum_fraction}.")
    shares = _fractions(counts, "counts")
    smallest = int(shares.argmin())
    return ClassCoverage(
        covered_classes=int(np.count_nonzero(shares)),
        classes_above_minimum=int(np.count_nonzero(shares >= minimum_fraction)),
        smallest_fraction=float(shares[smallest]),
        smallest_class=smallest,
        shares=tuple(shares.tolist()),
    )


def reverse_kl(counts: _Counts, reference: _Counts | None = None) -> float:
    """Returns KL(generated classes || real classes) in nats.

    Used with stacked MNIST by Metz et al., "Unrolled Generative Adversarial Networks", 2017. A perfect generator
    scores about (K - 1) / 2N with N images of K classes, not 0.

    Args:
        counts: Generated images per class, ``(classes,)``.
        reference: Real images per class, or their fractions, as predicted by the same classifier. Default: a uniform
            distribution.

    Returns:
        A number >= 0; infinite if a class was generated that the reference lacks.

    Raises:
        ValueError: If the counts are not a vector, not finite, negative or all zero, or the two differ in length.
    """
    shares = _fractions(counts, "counts")
    expected = np.full_like(shares, 1 / shares.size) if reference is None else _fractions(reference, "reference")
    if expected.size != shares.size:
        raise ValueError(
            f"The counts have {shares.size:,} classes and the reference has {expected.size:,}; both need the same."
        )
    is_generated = shares > 0
    if not expected[is_generated].all():
        return math.inf
    return max(0.0, float(shares[is_generated] @ np.log(shares[is_generated] / expected[is_generated])))


def _fractions(counts: _Counts, name: str) -> NDArray[np.float64]:
    """Returns the counts divided by their sum."""
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise ValueError(
            f"The {name} must be one number >= 0 for each class, not all zero; found the shape {values.shape} "
            f"and the values {values.ravel()[:10].tolist()}."
        )
    return np.asarray(values / values.sum())
