"""Scores of a set of samples, with the conditions they depend on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.classifier import classifier_score
from gan_pipelines.scores.coverage import class_coverage, reverse_kl
from gan_pipelines.scores.frechet import frechet_distance, real_baseline
from gan_pipelines.scores.metric_network import ImageFeatures
from gan_pipelines.scores.parameters import SampleScoringParameters
from gan_pipelines.scores.similarity import similarity_sections
from gan_pipelines.scores.sliced_wasserstein import Pictures, reason_too_small, sliced_wasserstein_distances
from gan_pipelines.scores.stacks import independent_class_probabilities
from gan_pipelines.training.randomness import random_generator

_ENOUGH_IMAGES = 1000  # with fewer images per set, a Frechet distance is mostly bias
MAXIMUM_CLASSES_LISTED = 100


@dataclass(frozen=True)
class FeatureSets:
    """Features and class probabilities of each set of images.

    Args:
        training: Real training images.
        heldout: Held-out real images.
        samples: Images of the trained generator.
        untrained: Images of the untrained generator.
    """

    training: ImageFeatures
    heldout: ImageFeatures
    samples: ImageFeatures
    untrained: ImageFeatures


@dataclass(frozen=True)
class PixelSets:
    """Pixels of each set of images, uint8 ``(images, height, width, channels)``, of one size.

    Args:
        training: Real training images.
        heldout: Held-out real images.
        samples: Images of the trained generator.
        untrained: Images of the untrained generator.
    """

    training: Pictures
    heldout: Pictures
    samples: Pictures
    untrained: Pictures


def frechet_section(feature_sets: FeatureSets, parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns the Frechet distance of samples to held-out reals, and baselines at the same number of images."""
    count = min(
        len(feature_sets.heldout.features), len(feature_sets.samples.features), len(feature_sets.training.features)
    )
    heldout = seeded_subset(feature_sets.heldout.features, count, parameters.seed)
    reals = (feature_sets.training.features, feature_sets.heldout.features)
    real = real_baseline(*reals, count, parameters.baseline_draws, parameters.seed).mean
    value = frechet_distance(heldout, feature_sets.samples.features[:count])
    untrained = frechet_distance(heldout, feature_sets.untrained.features[:count])
    return {
        "value": value,
        "real_baseline": real,
        "untrained_baseline": untrained,
        "ratio_to_real": value / real if real > 0 else None,
        "ratio_to_untrained": value / untrained if untrained > 0 else None,
        "real_images": count,
        "generated_images": count,
        "low_n": count < _ENOUGH_IMAGES,
    }


def classifier_section(feature_sets: FeatureSets, parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns the classifier scores of the samples, the held-out reals and the untrained generator."""
    smallest = min(
        len(feature_sets.samples.features), len(feature_sets.heldout.features), len(feature_sets.untrained.features)
    )
    splits, seed = min(parameters.splits, smallest), parameters.seed
    score = classifier_score(feature_sets.samples.probabilities, splits, seed)
    return {
        "value": score.mean,
        "standard_deviation": score.standard_deviation,
        "heldout": classifier_score(feature_sets.heldout.probabilities, splits, seed).mean,
        "untrained": classifier_score(feature_sets.untrained.probabilities, splits, seed).mean,
        "highest_possible": float(feature_sets.samples.probabilities.shape[1]),
        "heldout_images": len(feature_sets.heldout.features),
        "generated_images": len(feature_sets.samples.features),
        "splits": splits,
    }


def coverage_section(
    feature_sets: FeatureSets, class_names: Sequence[str], parameters: SampleScoringParameters
) -> dict[str, Any]:
    """Returns the class coverage of the samples, as predicted by the metric network.

    ``reverse_kl_expected``, (classes - 1) / (2 * samples), approximates the reverse KL of a perfect generator if there
    are several expected samples per class. With more than 100 classes, ``shares`` is omitted.
    """
    classes = len(class_names)
    counts = np.bincount(feature_sets.samples.classes, minlength=classes)
    # The prior is from predictions for real images, so that misclassifications affect both distributions.
    real_classes = np.concatenate([feature_sets.training.classes, feature_sets.heldout.classes])
    is_stacked = feature_sets.heldout.is_stacked
    prior = (
        independent_class_probabilities(real_classes) if is_stacked else np.bincount(real_classes, minlength=classes)
    )
    divergence = reverse_kl(counts, prior)
    coverage = class_coverage(counts, parameters.minimum_fraction)
    section = {
        "covered_classes": coverage.covered_classes,
        "classes": classes,
        "classes_above_minimum_fraction": coverage.classes_above_minimum,
        "minimum_fraction": parameters.minimum_fraction,
        "smallest_fraction": coverage.smallest_fraction,
        "smallest_class": class_names[coverage.smallest_class],
        "reverse_kl": divergence if math.isfinite(divergence) else None,
        "reverse_kl_expected": (classes - 1) / (2 * len(feature_sets.samples.classes)),
        "classes_without_real_images": [name for name, count in zip(class_names, prior, strict=True) if not count],
        "generated_images": int(counts.sum()),
    }
    if classes <= MAXIMUM_CLASSES_LISTED:
        section["shares"] = dict(zip(class_names, coverage.shares, strict=True))
    return section


def sliced_wasserstein_sections(pixel_sets: PixelSets, parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns ``sliced_wasserstein``, the distance of samples to held-out reals, which needs no features.

    Its ``levels`` hold the same numbers for each size of the pictures in pixels. ``real_baseline`` is the distance of
    as many training images. Pictures that are too small have ``sliced_wasserstein_refused``, the reason, instead.
    """
    reason = reason_too_small(*pixel_sets.heldout.shape[1:3])
    if reason:
        return {"sliced_wasserstein_refused": reason}
    sets = {
        "value": pixel_sets.samples,
        "real_baseline": pixel_sets.training,
        "untrained_baseline": pixel_sets.untrained,
    }
    found = sliced_wasserstein_distances(
        pixel_sets.heldout, sets, parameters.sliced_wasserstein_images, parameters.seed
    )
    distances = {name: distance.mean for name, distance in found.items()}
    levels = {
        level: {name: distance.levels[level] for name, distance in found.items()} for level in found["value"].levels
    }
    real, count = distances["real_baseline"], found["value"].pictures
    return {
        "sliced_wasserstein": {
            **distances,
            "ratio_to_real": distances["value"] / real if real > 0 else None,
            "levels": levels,
            "real_images": count,
            "generated_images": count,
        }
    }


def score_samples(
    feature_sets: FeatureSets, metric_network: dict[str, Any], parameters: SampleScoringParameters
) -> dict[str, Any]:
    """Returns the scores of samples, or the reason for omitting them.

    Args:
        feature_sets: Features and class probabilities of each set of images.
        metric_network: Its report (see ``metric_network.evaluate``) with ``features`` (see
            ``FeatureExtractor.describe``). Without classes, only features are scored. Stacks get no classifier score,
            as it cannot exceed the number of images per split, which is smaller than the number of classes.
        parameters: Scoring parameters.
    """
    conditions = _conditions(metric_network, parameters)
    refusal = reason_not_scored(metric_network)
    has_own_features = metric_network["features"]["label"] != "metric_network"
    if refusal and not has_own_features:
        return {"refused": refusal, "conditions": conditions}
    if min(len(feature_sets.training.features), len(feature_sets.heldout.features)) < 2:
        return {"refused": "Scores need at least 2 training and 2 held-out real images.", "conditions": conditions}
    scores: dict[str, Any] = {
        metric_network["features"]["distance"]: frechet_section(feature_sets, parameters),
        **_similarity(feature_sets, parameters.seed),
    }
    if refusal:
        return {**scores, "classes_refused": refusal, "conditions": conditions}
    return {
        **scores,
        **_class_sections(feature_sets, metric_network["class_names"], parameters),
        "conditions": conditions,
    }


def reason_not_scored(metric_network: dict[str, Any]) -> str | None:
    """Returns the reason why a metric network is not used for scores; None if it is used."""
    accuracy, minimum = metric_network["heldout_accuracy"], metric_network["minimum_accuracy"]
    if accuracy >= minimum:
        return None
    return (
        f"The metric network classifies {accuracy:.1%} of held-out images correctly; scoring.metric_network."
        f"minimum_accuracy requires {minimum:.1%}. Train it longer, provide more images, or lower the minimum."
    )


def seeded_subset(features: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Returns the features of ``count`` images, chosen by the seed, in their order."""
    if count == len(features):
        return features
    chosen = random_generator(seed, "held-out images to score").choice(len(features), count, replace=False)
    return features[np.sort(chosen)]


def _conditions(metric_network: dict[str, Any], parameters: SampleScoringParameters) -> dict[str, Any]:
    omitted = {"features"} | ({"class_names"} if len(metric_network["class_names"]) > MAXIMUM_CLASSES_LISTED else set())
    return {
        "metric_network": {key: value for key, value in metric_network.items() if key not in omitted},
        "feature_network": metric_network["features"],
        "real_split": "heldout",
        "baseline_draws": parameters.baseline_draws,
        "seed": parameters.seed,
    }


def _class_sections(
    feature_sets: FeatureSets, class_names: Sequence[str], parameters: SampleScoringParameters
) -> dict[str, Any]:
    if not class_names:
        return {}
    coverage = {"class_coverage": coverage_section(feature_sets, class_names, parameters)}
    if feature_sets.samples.is_stacked:
        return coverage
    return {"classifier_score": classifier_section(feature_sets, parameters), **coverage}


def _similarity(feature_sets: FeatureSets, seed: int) -> dict[str, Any]:
    sets = (feature_sets.heldout, feature_sets.samples, feature_sets.training, feature_sets.untrained)
    count = min(len(each.features) for each in sets)
    heldout, training = (
        seeded_subset(each.features, count, seed) for each in (feature_sets.heldout, feature_sets.training)
    )
    return similarity_sections(
        heldout, feature_sets.samples.features[:count], training, feature_sets.untrained.features[:count], seed
    )
