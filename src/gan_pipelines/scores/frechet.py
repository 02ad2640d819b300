"""The Frechet distance between two sets of features, and the value that real images reach among themselves.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", 2017. Each set of
features is described by a Gaussian; the distance is |mean difference|^2 + tr(R) + tr(F) - 2 tr((R F)^(1/2)) with the
covariances R and F. It falls with the number of samples (its bias goes with 1/N), so values compare only at equal N and
with equal features.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.randomness import random_generator

_NEGATIVE_TOLERANCE = 1e-6
"""How far below zero, relative to the largest one, an eigenvalue of a covariance may lie through rounding."""


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
class RealFloor:
    """Frechet distances between real images: what a perfect generator would score.

    Args:
        mean: Mean over the draws.
        draws: One distance per draw.
    """

    mean: float
    draws: tuple[float, ...]


def frechet_distance(real: NDArray[np.generic], fake: NDArray[np.generic]) -> float:
    """Returns the Frechet distance between the Gaussians of two sets of features.

    Args:
        real: Features of real images, ``(samples, dimensions)``, of any real dtype.
        fake: Features of generated images, ``(samples, dimensions)``; the number of samples may differ.

    Returns:
        A number >= 0, in squared units of the features.

    Raises:
        ValueError: A set is not a matrix, has fewer than two samples or holds values that are not finite, or the sets
            differ in their dimensions.
    """
    return gaussian_frechet_distance(feature_moments(real, "real features"), feature_moments(fake, "fake features"))


def feature_moments(features: NDArray[np.generic], name: str = "features", chunk_samples: int = 8192) -> FeatureMoments:
    """Returns mean and covariance, accumulated in float64 whatever the dtype of the features.

    Args:
        features: ``(samples, dimensions)``.
        name: What error messages call them.
        chunk_samples: How many samples are held in float64 at a time.

    Raises:
        ValueError: The features are not a matrix, of fewer than two samples, or not finite.
    """
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"The {name} must have the shape (samples, dimensions), not {features.shape}.")
    samples, dimensions = features.shape
    if samples < 2:
        raise ValueError(f"A covariance takes at least 2 samples; the {name} hold {samples}.")
    chunks = [slice(start, start + chunk_samples) for start in range(0, samples, chunk_samples)]
    _require_finite(sum(_count_not_finite(features[chunk]) for chunk in chunks), features.size, name)
    mean = sum((features[chunk].sum(axis=0, dtype=np.float64) for chunk in chunks), np.zeros(dimensions)) / samples
    # The mean goes first: sums of squares would cancel where it is large against the spread.
    scatter = np.zeros((dimensions, dimensions))
    for chunk in chunks:
        centred = features[chunk].astype(np.float64) - mean
        scatter += centred.T @ centred
    return FeatureMoments(mean=mean, covariance=scatter / (samples - 1))


def gaussian_frechet_distance(real: FeatureMoments, fake: FeatureMoments) -> float:
    """Returns the Frechet distance between two Gaussians (Dowson and Landau, 1982).

    Raises:
        ValueError: The Gaussians differ in their dimensions, or a covariance has values that are not finite or negative
            eigenvalues beyond rounding.
    """
    if real.covariance.shape != fake.covariance.shape:
        raise ValueError(
            f"The real features have {real.mean.size:,} dimensions and the fake ones {fake.mean.size:,}; "
            "both must come from the same layer of the same network."
        )
    roots = _square_root(real.covariance, "real features"), _square_root(fake.covariance, "fake features")
    # tr((R F)^(1/2)) is the sum of the singular values of R^(1/2) F^(1/2). The eigenvalues of R^(1/2) F R^(1/2) are
    # their squares: taking roots of those would turn rounding of 1e-16 into 1e-8.
    overlap = np.linalg.svd(roots[0] @ roots[1], compute_uv=False).sum()
    difference = real.mean - fake.mean
    spread = np.trace(real.covariance) + np.trace(fake.covariance)
    return float(np.maximum(difference @ difference + spread - 2 * overlap, 0.0))


def real_floor(
    train_features: NDArray[np.generic], heldout_features: NDArray[np.generic], samples: int, draws: int, seed: int
) -> RealFloor:
    """Returns the Frechet distance between held-out real images and real training images, at a number of samples.

    Each draw takes both sets anew, without replacement.

    Args:
        train_features: Features of real training images, ``(training images, dimensions)``.
        heldout_features: Features of held-out real images, ``(held-out images, dimensions)``.
        samples: How many of each a draw takes.
        draws: How many distances are averaged.
        seed: Decides what is drawn.

    Raises:
        ValueError: There are fewer images than samples, fewer than two samples or no draws, or the features are not
            what ``frechet_distance`` takes.
    """
    available = min(len(train_features), len(heldout_features))
    if not 2 <= samples <= available or draws < 1:
        raise ValueError(
            f"The floor takes at least 1 draw of 2 to {available:,} samples ({len(train_features):,} training and "
            f"{len(heldout_features):,} held-out images), not {draws:,} of {samples:,}."
        )
    distances = []
    for draw in range(draws):
        generator = random_generator(seed, "real floor", draw)
        train = train_features[generator.choice(len(train_features), samples, replace=False)]
        heldout = heldout_features[generator.choice(len(heldout_features), samples, replace=False)]
        distances.append(frechet_distance(heldout, train))
    return RealFloor(mean=float(np.mean(distances)), draws=tuple(distances))


def _square_root(covariance: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Returns the symmetric square root of a covariance."""
    _require_finite(_count_not_finite(covariance), covariance.size, f"covariance of the {name}")
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    negative = int(np.count_nonzero(eigenvalues < -_NEGATIVE_TOLERANCE * np.abs(eigenvalues).max()))
    if negative:
        raise ValueError(
            f"{negative:,} of {eigenvalues.size:,} eigenvalues of the covariance of the {name} are negative "
            f"(down to {eigenvalues.min():.3g}): it is no covariance."
        )
    return np.asarray((eigenvectors * np.sqrt(eigenvalues.clip(min=0.0))) @ eigenvectors.T)


def _count_not_finite(values: NDArray[np.generic]) -> int:
    """Returns how many values are infinite or undefined."""
    return values.size - int(np.count_nonzero(np.isfinite(values.astype(np.float64))))


def _require_finite(count: int, total: int, name: str) -> None:
    """Raises a ValueError that names how many values are not finite."""
    if count:
        raise ValueError(f"{count:,} of {total:,} values of the {name} are not finite.")
