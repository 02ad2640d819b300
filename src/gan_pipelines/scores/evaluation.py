"""The scores of a set of samples, with the conditions under which they hold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.classifier import classifier_score
from gan_pipelines.scores.coverage import class_coverage, reverse_kl
from gan_pipelines.scores.frechet import frechet_distance, real_floor
from gan_pipelines.scores.metric_network import Judgement
from gan_pipelines.scores.parameters import SampleScoringParameters
from gan_pipelines.scores.similarity import similarity_sections
from gan_pipelines.scores.stacks import expected_shares
from gan_pipelines.training.randomness import random_generator

_ENOUGH_IMAGES = 1000  # below this many on each side, a Frechet distance is mostly its own bias
_MOST_CLASSES_LISTED = 100


@dataclass(frozen=True)
class Judged:
    """What the metric network says of every set of images.

    Args:
        training: Of the real training images.
        heldout: Of the real images kept away from training.
        samples: Of the trained generator's images.
        untrained: Of the untrained generator's images.
    """

    training: Judgement
    heldout: Judgement
    samples: Judgement
    untrained: Judgement


def frechet_section(judged: Judged, parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns the distance of samples to held-out reals, between what reals and what noise get at the same count."""
    count = min(len(judged.heldout.features), len(judged.samples.features), len(judged.training.features))
    heldout = _some(judged.heldout.features, count, parameters.seed)
    reals = (judged.training.features, judged.heldout.features)
    floor = real_floor(*reals, count, parameters.floor_draws, parameters.seed).mean
    value = frechet_distance(heldout, judged.samples.features[:count])
    ceiling = frechet_distance(heldout, judged.untrained.features[:count])
    return {
        "value": value,
        "floor": floor,
        "ceiling": ceiling,
        "times_floor": value / floor if floor > 0 else None,
        "share_of_ceiling": value / ceiling if ceiling > 0 else None,
        "real_images": count,
        "generated_images": count,
        "low_n": count < _ENOUGH_IMAGES,
    }


def classifier_section(judged: Judged, parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns the classifier score of the samples beside that of held-out reals and the untrained generator's."""
    smallest = min(len(judged.samples.features), len(judged.heldout.features), len(judged.untrained.features))
    splits, seed = min(parameters.splits, smallest), parameters.seed
    score = classifier_score(judged.samples.probabilities, splits, seed)
    return {
        "value": score.mean,
        "standard_deviation": score.standard_deviation,
        "heldout": classifier_score(judged.heldout.probabilities, splits, seed).mean,
        "untrained": classifier_score(judged.untrained.probabilities, splits, seed).mean,
        "highest_possible": float(judged.samples.probabilities.shape[1]),
        "heldout_images": len(judged.heldout.features),
        "generated_images": len(judged.samples.features),
        "splits": splits,
    }


def coverage_section(judged: Judged, class_names: Sequence[str], parameters: SampleScoringParameters) -> dict[str, Any]:
    """Returns the share of samples in each class, as the metric network sees them.

    ``reverse_kl_floor``, (classes - 1) / (2 * samples), is about what a perfect generator gets where each class is
    expected several times. Above 100 classes the ``shares`` are left out.
    """
    classes = len(class_names)
    counts = np.bincount(judged.samples.classes, minlength=classes)
    # The prior is what the same network says of real images, so that its mistakes count on both sides.
    real_classes = np.concatenate([judged.training.classes, judged.heldout.classes])
    is_stacked = judged.heldout.is_stacked
    prior = expected_shares(real_classes) if is_stacked else np.bincount(real_classes, minlength=classes)
    divergence = reverse_kl(counts, prior)
    coverage = class_coverage(counts, parameters.minimum_share)
    section = {
        "covered_classes": coverage.covered_classes,
        "classes": classes,
        "classes_above_minimum_share": coverage.classes_above_minimum,
        "minimum_share": parameters.minimum_share,
        "smallest_share": coverage.smallest_share,
        "smallest_class": class_names[coverage.smallest_class],
        "reverse_kl": divergence if math.isfinite(divergence) else None,
        "reverse_kl_floor": (classes - 1) / (2 * len(judged.samples.classes)),
        "classes_without_real_images": [name for name, count in zip(class_names, prior, strict=True) if not count],
        "generated_images": int(counts.sum()),
    }
    if classes <= _MOST_CLASSES_LISTED:
        section["shares"] = dict(zip(class_names, coverage.shares, strict=True))
    return section


def score_samples(
    judged: Judged, metric_network: dict[str, Any], parameters: SampleScoringParameters
) -> dict[str, Any]:
    """Returns the scores of samples, or the reason why there are none.

    Args:
        judged: What was said of every set of images.
        metric_network: Its report (see ``metric_network.describe``) with ``features``, whose they are (see
            ``Judge.describe``). Where the network knows no classes, only features are scored. Stacks get no classifier
            score: it ends at the images in a split, which are fewer than the classes.
        parameters: How to score.
    """
    conditions = _conditions(metric_network, parameters)
    refusal = why_not_scored(metric_network)
    has_own_features = metric_network["features"]["label"] != "metric_network"
    if refusal and not has_own_features:
        return {"refused": refusal, "conditions": conditions}
    if min(len(judged.training.features), len(judged.heldout.features)) < 2:
        return {"refused": "A distance takes at least 2 real images on either side.", "conditions": conditions}
    scores: dict[str, Any] = {
        metric_network["features"]["distance"]: frechet_section(judged, parameters),
        **_similarity(judged, parameters.seed),
    }
    if refusal:
        return {**scores, "classes_refused": refusal, "conditions": conditions}
    return {**scores, **_class_sections(judged, metric_network["class_names"], parameters), "conditions": conditions}


def why_not_scored(metric_network: dict[str, Any]) -> str | None:
    """Returns why a metric network cannot judge, in words; None where it can."""
    accuracy, floor = metric_network["heldout_accuracy"], metric_network["accuracy_floor"]
    if accuracy >= floor:
        return None
    return (
        f"The metric network is right about {accuracy:.1%} of held-out images; scoring.metric_network."
        f"accuracy_floor asks for {floor:.1%}. Train it longer, give more images, or lower the floor."
    )


def _conditions(metric_network: dict[str, Any], parameters: SampleScoringParameters) -> dict[str, Any]:
    left_out = {"features"} | ({"class_names"} if len(metric_network["class_names"]) > _MOST_CLASSES_LISTED else set())
    return {
        "metric_network": {key: value for key, value in metric_network.items() if key not in left_out},
        "feature_network": metric_network["features"],
        "real_split": "heldout",
        "floor_draws": parameters.floor_draws,
        "seed": parameters.seed,
    }


def _class_sections(judged: Judged, class_names: Sequence[str], parameters: SampleScoringParameters) -> dict[str, Any]:
    if not class_names:
        return {}
    coverage = {"class_coverage": coverage_section(judged, class_names, parameters)}
    if judged.samples.is_stacked:
        return coverage
    return {"classifier_score": classifier_section(judged, parameters), **coverage}


def _similarity(judged: Judged, seed: int) -> dict[str, Any]:
    sets = (judged.heldout, judged.samples, judged.training, judged.untrained)
    count = min(len(each.features) for each in sets)
    heldout, training = (_some(each.features, count, seed) for each in (judged.heldout, judged.training))
    return similarity_sections(
        heldout, judged.samples.features[:count], training, judged.untrained.features[:count], seed
    )


def _some(features: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    if count == len(features):
        return features
    chosen = random_generator(seed, "held-out images to score").choice(len(features), count, replace=False)
    return features[np.sort(chosen)]
