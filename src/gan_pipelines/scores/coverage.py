"""Which classes a generator draws, and how far their shares are from those of real images."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_Counts: TypeAlias = Sequence[int] | Sequence[float] | NDArray[np.integer] | NDArray[np.floating]


@dataclass(frozen=True)
class ClassCoverage:
    """How many classes a classifier finds among generated images.

    Args:
        covered_classes: Classes with at least one image.
        classes_above_minimum: Classes with at least the minimum share of the images.
        smallest_share: Share of the rarest class, in [0, 1].
        smallest_class: Its number; the first where several are equally rare.
        shares: Share of each class, in [0, 1].
    """

    covered_classes: int
    classes_above_minimum: int
    smallest_share: float
    smallest_class: int
    shares: tuple[float, ...]


def class_coverage(counts: _Counts, minimum_share: float) -> ClassCoverage:
    """Returns which share of the images each class has.

    Args:
        counts: Images per class, ``(classes,)``.
        minimum_share: From which share of the images on, in [0, 1], a class counts as drawn often enough.

    Raises:
        ValueError: The counts are not a vector, not finite, negative or all zero, or the share is outside [0, 1].
    """
    if not 0 <= minimum_share <= 1:
        raise ValueError(f"The minimum share must be in [0, 1], not {minimum_share}.")
    shares = _shares(counts, "counts")
    smallest = int(shares.argmin())
    return ClassCoverage(
        covered_classes=int(np.count_nonzero(shares)),
        classes_above_minimum=int(np.count_nonzero(shares >= minimum_share)),
        smallest_share=float(shares[smallest]),
        smallest_class=smallest,
        shares=tuple(shares.tolist()),
    )


def reverse_kl(counts: _Counts, reference: _Counts | None = None) -> float:
    """Returns KL(generated classes || real classes) in nats.

    Used with stacked MNIST by Metz et al., "Unrolled Generative Adversarial Networks", 2017. A perfect generator does
    not reach 0 with N images of K classes, but about (K - 1) / 2N.

    Args:
        counts: Generated images per class, ``(classes,)``.
        reference: Real images (or their share) per class, as the same classifier sees them; without one, all classes
            are taken to be equally frequent.

    Returns:
        A number >= 0; infinite where a class was generated that the reference does not have.

    Raises:
        ValueError: The counts are not a vector, not finite, negative or all zero, or the two differ in length.
    """
    shares = _shares(counts, "counts")
    expected = np.full_like(shares, 1 / shares.size) if reference is None else _shares(reference, "reference")
    if expected.size != shares.size:
        raise ValueError(f"The counts have {shares.size:,} classes and the reference has {expected.size:,}.")
    drawn = shares > 0
    if not expected[drawn].all():
        return math.inf
    return max(0.0, float(shares[drawn] @ np.log(shares[drawn] / expected[drawn])))


def _shares(counts: _Counts, name: str) -> NDArray[np.float64]:
    """Returns the counts divided by their sum."""
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any() or not values.any():
        raise ValueError(
            f"The {name} must be one number >= 0 for each class, not all zero; found the shape {values.shape} "
            f"and the values {values.ravel()[:10].tolist()}."
        )
    return np.asarray(values / values.sum())
