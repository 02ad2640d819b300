"""R-precision: how often the caption from which a picture was drawn is the nearest to it of many captions.

Xu et al., "AttnGAN: Fine-Grained Text to Image Generation with Attentional Generative Adversarial Networks", 2018, with
R = 1. Pictures and captions are compared as vectors of a pair of encoders. It depends on these encoders: use others
than those that conditioned the generator, and compare with the value of real pictures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.distances import checked_features
from gan_pipelines.training.randomness import random_generator

_NAMES = ("image vectors", "caption vectors")
_TIE = 1e-9
"""Difference of cosines in float64 below which both are equal but for rounding."""


@dataclass(frozen=True)
class RPrecision:
    """R-precision of a set of pictures.

    Args:
        value: Fraction of the pictures whose own caption is the nearest candidate, in [0, 1].
        chance: Expected value of pictures that have nothing to do with their captions, 1 / candidates.
        standard_error: Standard error of ``value``; None for one picture.
        pictures: Number of pictures.
        candidates: Number of captions that each picture is compared with, its own included.
    """

    value: float
    chance: float
    standard_error: float | None
    pictures: int
    candidates: int


def r_precision(
    image_vectors: NDArray[np.generic],
    caption_vectors: NDArray[np.generic],
    contents: NDArray[np.integer] | None = None,
    candidates: int = 100,
    seed: int = 0,
) -> RPrecision:
    """Returns the fraction of pictures whose own caption has the largest cosine of all candidates.

    The candidates of a picture are its own caption and others, drawn without replacement, that say something else. Of n
    candidates that are equally near, its own counts 1 / n, so that encoders that map all to one vector get ``chance``.

    Args:
        image_vectors: Vectors of the pictures, ``(pictures, size)``, of any length but 0.
        caption_vectors: Vectors of the caption of each picture, ``(pictures, size)``, of any length but 0.
        contents: What the caption of each picture says, as a number ``(pictures,)``: captions with equal numbers, such
            as two wordings of the same attributes, are never candidates of each other. Default: all say something else.
        candidates: Number of captions that each picture is compared with, its own included.
        seed: Seed of the drawn captions.

    Raises:
        ValueError: If vectors are not matrices of equal shape, hold values that are not finite or are 0, there is not
            one number for each caption, ``candidates`` < 2, or too few captions say something else.
    """
    images, captions = (
        _unit_vectors(vectors, name)
        for vectors, name in zip(checked_features(image_vectors, caption_vectors, names=_NAMES), _NAMES, strict=True)
    )
    numbers = np.arange(len(captions)) if contents is None else contents
    if not images.shape[0] == captions.shape[0] == numbers.size or numbers.ndim != 1:
        raise ValueError(
            f"Each picture needs a caption and a number of its content; there are {len(images):,} pictures, "
            f"{len(captions):,} captions and contents of the shape {numbers.shape}."
        )
    _check_candidates(numbers, candidates)
    hits = np.zeros(len(images))
    for picture, vector in enumerate(images):
        others = np.flatnonzero(numbers != numbers[picture])
        drawn = random_generator(seed, "R-precision", picture).choice(others, candidates - 1, replace=False)
        own, cosines = float(captions[picture] @ vector), captions[drawn] @ vector
        if cosines.max() <= own + _TIE:
            hits[picture] = 1 / (1 + np.count_nonzero(cosines >= own - _TIE))
    error = float(hits.std(ddof=1)) / len(hits) ** 0.5 if len(hits) > 1 else None
    return RPrecision(float(hits.mean()), 1 / candidates, error, len(images), candidates)


def _unit_vectors(vectors: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError(f"{np.count_nonzero(lengths == 0):,} of {len(vectors):,} {name} are 0 and have no direction.")
    return np.asarray(vectors / lengths)


def _check_candidates(contents: NDArray[np.integer], candidates: int) -> None:
    """Raises a ValueError if a picture has too few captions that say something else."""
    available = len(contents) - int(np.unique(contents, return_counts=True)[1].max())
    if not 2 <= candidates <= available + 1:
        raise ValueError(
            f"R-precision needs at least 2 candidates and at most {available + 1:,}, since only {available:,} of "
            f"{len(contents):,} captions say something else than the most frequent one; not {candidates:,}."
        )
