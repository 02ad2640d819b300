"""Classifier score of generated images: confidence of the predictions and balance of the classes."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.randomness import random_generator

_SUM_TOLERANCE = 1e-3
"""Largest deviation of a row's sum from 1: the rounding of a softmax in half precision."""


@dataclass(frozen=True)
class ClassifierScore:
    """A classifier score with its spread.

    Args:
        mean: Mean over the splits, from 1 (all images have the same prediction) to the number of classes.
        standard_deviation: Population standard deviation over the splits (``ddof=0``); 0 with one split.
    """

    mean: float
    standard_deviation: float


def classifier_score(probabilities: NDArray[np.floating], splits: int = 10, seed: int = 0) -> ClassifierScore:
    """Returns exp(mean KL(p(class | image) || p(class))), the formula of the Inception score, for any classifier.

    Salimans et al., "Improved Techniques for Training GANs", 2016. The images are shuffled and split; each split has
    its own p(class). The logarithms are natural.

    Args:
        probabilities: ``(images, classes)``; each row sums to 1 up to rounding and is normalised; exact zeros are
            allowed.
        splits: Number of splits; their sizes differ by at most one image.
        seed: Seed of the shuffle.

    Raises:
        ValueError: If the probabilities are not a matrix, not finite, negative or do not sum to 1, or there are fewer
            images than splits.
    """
    _require_probabilities(probabilities)
    images = len(probabilities)
    if not 1 <= splits <= images:
        raise ValueError(f"splits must be from 1 to the number of images ({images:,}), not {splits:,}.")
    shuffled = probabilities[random_generator(seed, "classifier score").permutation(images)].astype(np.float64)
    shuffled /= shuffled.sum(axis=1, keepdims=True)
    bounds = [images * split // splits for split in range(splits + 1)]
    scores = [_score(shuffled[start:end]) for start, end in pairwise(bounds)]
    return ClassifierScore(mean=float(np.mean(scores)), standard_deviation=float(np.std(scores)))


def _score(probabilities: NDArray[np.float64]) -> float:
    """Returns the score of one split; the mean KL is the marginal entropy minus the mean conditional entropy."""
    divergence = _entropy(probabilities.mean(axis=0)) - _entropy(probabilities).mean()
    return float(np.exp(max(divergence, 0.0)))


def _entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the entropy of each row in nats, with 0 ln 0 = 0."""
    logarithms = np.log(probabilities, out=np.zeros_like(probabilities), where=probabilities > 0)
    return np.asarray(-(probabilities * logarithms).sum(axis=-1))


def _require_probabilities(probabilities: NDArray[np.floating]) -> None:
    """Raises a ValueError with the number of rows that are not probabilities."""
    if probabilities.ndim != 2 or probabilities.shape[1] == 0:
        raise ValueError(f"The probabilities must have the shape (images, classes), not {probabilities.shape}.")
    sums = probabilities.sum(axis=1, dtype=np.float64)
    # Written so that a row with NaN is invalid too.
    valid = (np.abs(sums - 1) <= _SUM_TOLERANCE) & (probabilities >= 0).all(axis=1)
    if invalid := int(np.count_nonzero(~valid)):
        raise ValueError(
            f"{invalid:,} of {valid.size:,} rows are not probabilities: they must be >= 0 and sum to 1. "
            "Apply a softmax to logits first."
        )
