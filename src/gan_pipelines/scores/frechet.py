"""The Frechet distance between two sets of features, and its baseline between sets of real images.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", 2017. Each set of
features is described by a Gaussian; the distance is |mean difference|^2 + tr(R) + tr(F) - 2 tr((R F)^(1/2)) with the
covariances R and F. Its bias is positive and proportional to 1/N, so values compare only at equal numbers of samples N
and with equal features.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.randomness import random_generator

_NEGATIVE_TOLERANCE = 1e-6
"""Largest magnitude of a negative eigenvalue of a covariance, relative to the largest one; from rounding."""


@dataclass(frozen=True, eq=False)
class FeatureMoments:
    """The Gaussian that describes a set of features.

    Args:
        mean: ``(dimensions,)``, float64.
        covariance: ``(dimensions, dimensions)``, float64, divided by the number of samples - 1.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True)
class RealBaseline:
    """Frechet distances between real images: the expected value of a perfect generator.

    Args:
        mean: Mean over the draws.
        draws: One distance per draw.
    """

    mean: float
    draws: tuple[float, ...]


def frechet_distance(real: NDArray[np.generic], generated: NDArray[np.generic]) -> float:
    """Returns the Frechet distance between the Gaussians of two sets of features.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        generated: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.

    Returns:
        A number >= 0, in squared units of the features.

    Raises:
        ValueError: If a set is not a matrix, has fewer than two samples or holds values that are not finite, or the
            sets differ in their dimensions.
    """
    return gaussian_frechet_distance(
        feature_moments(real, "real features"), feature_moments(generated, "generated features")
    )


def feature_moments(features: NDArray[np.generic], name: str = "features", chunk_samples: int = 8192) -> FeatureMoments:
    """Returns mean and covariance, accumulated in float64 whatever the dtype of the features.

    Args:
        features: ``(samples, dimensions)``.
        name: Name of the features in error messages.
        chunk_samples: Number of samples in float64 in memory.

    Raises:
        ValueError: If the features are not a matrix, have fewer than two samples, or are not finite.
    """
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"The {name} must have the shape (samples, dimensions), not {features.shape}.")
    samples, dimensions = features.shape
    if samples < 2:
        raise ValueError(f"A covariance needs at least 2 samples; the {name} hold {samples}.")
    chunks = [slice(start, start + chunk_samples) for start in range(0, samples, chunk_samples)]
    _require_finite(sum(_count_not_finite(features[chunk]) for chunk in chunks), features.size, name)
    mean = sum((features[chunk].sum(axis=0, dtype=np.float64) for chunk in chunks), np.zeros(dimensions)) / samples
    # The mean is subtracted first: sums of squares would cancel if it is large relative to the spread.
    scatter = np.zeros((dimensions, dimensions))
    for chunk in chunks:
        centred = features[chunk].astype(np.float64) - mean
        scatter += centred.T @ centred
    return FeatureMoments(mean=mean, covariance=scatter / (samples - 1))


def gaussian_frechet_distance(real: FeatureMoments, generated: FeatureMoments) -> float:
    """Returns the Frechet distance between two Gaussians (Dowson and Landau, 1982).

    Raises:
        ValueError: If the Gaussians differ in their dimensions, or a covariance has values that are not finite or
            negative eigenvalues beyond rounding.
    """
    if real.covariance.shape != generated.covariance.shape:
        raise ValueError(
            f"The real features have {real.mean.size:,} dimensions and the generated ones {generated.mean.size:,}; "
            "both must come from the same layer of the same network."
        )
    roots = _square_root(real.covariance, "real features"), _square_root(generated.covariance, "generated features")
    # tr((R F)^(1/2)) is the sum of the singular values of R^(1/2) F^(1/2). The eigenvalues of R^(1/2) F R^(1/2) are
    # their squares: taking roots of those would turn rounding of 1e-16 into 1e-8.
    overlap = np.linalg.svd(roots[0] @ roots[1], compute_uv=False).sum()
    difference = real.mean - generated.mean
    spread = np.trace(real.covariance) + np.trace(generated.covariance)
    return float(np.maximum(difference @ difference + spread - 2 * overlap, 0.0))


def real_baseline(
    train_features: NDArray[np.generic], heldout_features: NDArray[np.generic], samples: int, draws: int, seed: int
) -> RealBaseline:
    """Returns the Frechet distance between held-out real images and real training images, at a number of samples.

    Each draw samples both sets without replacement.

    Args:
        train_features: Features of real training images, ``(training images, dimensions)``.
        heldout_features: Features of held-out real images, ``(held-out images, dimensions)``.
        samples: Number of images of each set per draw.
        draws: Number of distances averaged.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are fewer images than ``samples``, ``samples`` < 2 or ``draws`` < 1, or the features are
            invalid for ``frechet_distance``.
    """
    available = min(len(train_features), len(heldout_features))
    if not 2 <= samples <= available or draws < 1:
        raise ValueError(
            f"The baseline of real samples needs at least 1 draw of 2 to {available:,} samples ({len(train_features):,}"
            f" training and {len(heldout_features):,} held-out images), not {draws:,} of {samples:,}."
        )
    distances = []
    for draw in range(draws):
        generator = random_generator(seed, "real floor", draw)
        train = train_features[generator.choice(len(train_features), samples, replace=False)]
        heldout = heldout_features[generator.choice(len(heldout_features), samples, replace=False)]
        distances.append(frechet_distance(heldout, train))
    return RealBaseline(mean=float(np.mean(distances)), draws=tuple(distances))


def _square_root(covariance: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Returns the symmetric square root of a covariance."""
    _require_finite(_count_not_finite(covariance), covariance.size, f"covariance of the {name}")
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    negative = int(np.count_nonzero(eigenvalues < -_NEGATIVE_TOLERANCE * np.abs(eigenvalues).max()))
    if negative:
        raise ValueError(
            f"{negative:,} of {eigenvalues.size:,} eigenvalues of the covariance of the {name} are negative "
            f"(down to {eigenvalues.min():.3g}): it is not a covariance."
        )
    return np.asarray((eigenvectors * np.sqrt(eigenvalues.clip(min=0.0))) @ eigenvectors.T)


def _count_not_finite(values: NDArray[np.generic]) -> int:
    """Returns the number of values that are infinite or NaN."""
    return values.size - int(np.count_nonzero(np.isfinite(values.astype(np.float64))))


def _require_finite(count: int, total: int, name: str) -> None:
    """Raises a ValueError with the number of values that are not finite."""
    if count:
        raise ValueError(f"{count:,} of {total:,} values of the {name} are not finite.")
