"""Scores of the similarity of generated and real features, with real and untrained baselines."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.scores.kernel import kernel_distance
from gan_pipelines.scores.memorisation import copied_images, memorisation
from gan_pipelines.scores.ndb import bin_scores
from gan_pipelines.scores.precision_recall import density_coverage, precision_recall
from gan_pipelines.scores.two_sample import classifier_two_sample_test

_FEWEST_FOR_NEIGHBOURS = 10
_FEWEST_FOR_BINS = 20
_LARGEST_SUBSET = 1000

Features = NDArray[np.floating]


def similarity_sections(
    heldout: Features, samples: Features, training: Features, untrained: Features, seed: int
) -> dict[str, Any]:
    """Returns the scores that compare sets of features, all with the same number of images.

    Args:
        heldout: Features of held-out real images, ``(images, dimensions)``; all others are compared with them.
        samples: Features of the trained generator's images.
        training: Features of real training images; their scores are ``real_baseline``.
        untrained: Features of the untrained generator's images; their scores are ``untrained_baseline``.
        seed: Seed of subsets, clusters and permutations.
    """
    count = len(heldout)
    counts = {"real_images": count, "generated_images": count}
    compared = {"samples": samples, "real_baseline": training, "untrained_baseline": untrained}

    def with_baselines(measure: Callable[[Features], dict[str, Any]]) -> dict[str, Any]:
        scores = {name: measure(features) for name, features in compared.items()}
        return {**scores.pop("samples"), **scores, **counts}

    half = max(2, min(_LARGEST_SUBSET, count // 2))  # subsets of all images would be identical
    sections = {
        "kernel_distance": with_baselines(
            lambda features: asdict(kernel_distance(heldout, features, subset_size=half, seed=seed))
        )
    }
    if count >= _FEWEST_FOR_NEIGHBOURS:
        sections["precision_recall"] = with_baselines(lambda features: asdict(precision_recall(heldout, features)))
        sections["density_coverage"] = with_baselines(lambda features: asdict(density_coverage(heldout, features)))
        sections["two_sample_test"] = with_baselines(
            lambda features: asdict(classifier_two_sample_test(heldout, features, seed=seed))
        )
    if count >= _FEWEST_FOR_BINS:
        result = bin_scores(training, samples, heldout, seed=seed)
        sections["ndb"] = {
            **asdict(result.generated),
            "real_baseline": asdict(result.heldout),
            "bins": result.bins,
            **counts,
        }
    return sections


def memorisation_section(
    samples: Features,
    training: Features,
    heldout: Features,
    sample_pixels: NDArray[np.uint8],
    training_pixels: NDArray[np.uint8] | StoredPixels,
) -> dict[str, Any]:
    """Returns the memorisation tests of samples, with held-out baselines, and the number of exact copies.

    Args:
        samples: Features of generated images, ``(images, dimensions)``.
        training: Features of all training images.
        heldout: Features of held-out real images.
        sample_pixels: Generated images ``(images, height, width, channels)``, uint8.
        training_pixels: Training images, uint8 or on disk.
    """
    result = memorisation(samples, training, heldout)
    copies = int(copied_images(sample_pixels, training_pixels).sum())
    names = ("data_copying_z", "low_distance_z", "smallest", "low_quantile", "heldout_smallest", "heldout_low_quantile")
    return {
        "exact_copies": copies,
        "suspicious": result.suspicious or copies > 0,
        "authenticity": result.authenticity,
        "heldout_authenticity": memorisation(heldout, training, heldout).authenticity,
        **{name: getattr(result, name) for name in names},
        "generated_images": len(samples),
        "training_images": len(training),
        "heldout_images": len(heldout),
    }
