"""Scores of how alike generated and real images are, each between what reals and what noise get."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.scores.bins import bin_scores
from gan_pipelines.scores.kernel import kernel_distance
from gan_pipelines.scores.memorisation import copied_images, memorisation
from gan_pipelines.scores.neighbours import density_coverage, precision_recall
from gan_pipelines.scores.two_sample import classifier_two_sample_test

_FEWEST_FOR_NEIGHBOURS = 10
_FEWEST_FOR_BINS = 20
_LARGEST_SUBSET = 1000

Features = NDArray[np.floating]


def similarity_sections(
    heldout: Features, samples: Features, training: Features, untrained: Features, seed: int
) -> dict[str, Any]:
    """Returns what compares sets of features, all with as many images as the smallest set has.

    Args:
        heldout: Features of held-out real images, with which all others are compared, ``(images, dimensions)``.
        samples: Of the trained generator's images.
        training: Of real training images; what they get is each score's ``floor``.
        untrained: Of the untrained generator's images; what they get is its ``ceiling``.
        seed: Decides subsets, clusters and permutations.
    """
    count = len(heldout)
    counts = {"real_images": count, "generated_images": count}
    against = {"samples": samples, "floor": training, "ceiling": untrained}

    def of_each(measure: Callable[[Features], dict[str, Any]]) -> dict[str, Any]:
        measured = {name: measure(features) for name, features in against.items()}
        return {**measured.pop("samples"), **measured, **counts}

    half = max(2, min(_LARGEST_SUBSET, count // 2))  # subsets of all images would all be the same
    sections = {
        "kernel_distance": of_each(
            lambda features: asdict(kernel_distance(heldout, features, subset_size=half, seed=seed))
        )
    }
    if count >= _FEWEST_FOR_NEIGHBOURS:
        sections["precision_recall"] = of_each(lambda features: asdict(precision_recall(heldout, features)))
        sections["density_coverage"] = of_each(lambda features: asdict(density_coverage(heldout, features)))
        sections["two_sample_test"] = of_each(
            lambda features: asdict(classifier_two_sample_test(heldout, features, seed=seed))
        )
    if count >= _FEWEST_FOR_BINS:
        found = bin_scores(training, samples, heldout, seed=seed)
        sections["different_bins"] = {
            **asdict(found.generated),
            "floor": asdict(found.heldout),
            "bins": found.bins,
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
    """Returns how near samples come to training images, beside held-out images, and how many are copies.

    Args:
        samples: Features of generated images, ``(images, dimensions)``.
        training: Of all training images.
        heldout: Of held-out real images.
        sample_pixels: The generated images ``(images, height, width, channels)``, uint8.
        training_pixels: The training images, uint8 or on the disk.
    """
    found = memorisation(samples, training, heldout)
    copies = int(copied_images(sample_pixels, training_pixels).sum())
    names = ("distance_z", "low_distance_z", "smallest", "low_quantile", "heldout_smallest", "heldout_low_quantile")
    return {
        "exact_copies": copies,
        "suspicious": found.suspicious or copies > 0,
        "authentic_share": found.authentic_share,
        "heldout_authentic_share": memorisation(heldout, training, heldout).authentic_share,
        **{name: getattr(found, name) for name in names},
        "generated_images": len(samples),
        "training_images": len(training),
        "heldout_images": len(heldout),
    }
