"""Frechet distance of translated pictures to the true ones, beside those of simple methods."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import normalise
from gan_pipelines.scores.evaluation import reason_not_scored, seeded_subset
from gan_pipelines.scores.feature_extractor import build_feature_extractor
from gan_pipelines.scores.frechet import frechet_distance, real_baseline
from gan_pipelines.scores.parameters import TranslationScoringParameters
from gan_pipelines.training.configured_keras import keras

Pictures = NDArray[np.uint8]

_ENOUGH_IMAGES = 1000  # with fewer images per set, a Frechet distance is mostly bias


def score_distance(
    translated: tuple[Pictures, Mapping[str, Pictures]],
    real_features: Mapping[str, NDArray[np.float32]],
    metric_network: keras.Model,
    report: dict[str, Any],
    parameters: TranslationScoringParameters,
) -> dict[str, Any]:
    """Returns the Frechet distance between translations and true pictures, or why it is missing.

    It is of equally many of both, as many as there are of the fewest, and so are the distances beside it: the fewer
    pictures, the larger is a distance.

    A small distance proves little by itself: a feature network may prefer pictures with a visible grid. Look at it
    together with the similarity to the truth.

    Args:
        translated: Translations, and those of simple methods by name, uint8 ``(pictures, height, width, channels)``.
        real_features: Features of the ``training`` and ``heldout`` pictures of the target domain.
        metric_network: Network that computes the features, unless the parameters name another.
        report: Its report; see ``metric_network.evaluate`` and ``FeatureExtractor.describe``.
        parameters: Scoring parameters.

    Returns:
        A section named as the distance in ``report["features"]``: ``value``; ``real_baseline``, the distance between
        training and held-out pictures; ``baselines`` and ``ratios``, the value divided by each; numbers of pictures.
        Or ``refused``, the reason. And ``conditions``.
    """
    conditions = {
        "metric_network": {key: value for key, value in report.items() if key != "features"},
        "feature_network": report["features"],
        "real_split": "heldout",
        "baseline_draws": parameters.baseline_draws,
        "seed": parameters.seed,
    }
    refusal = reason_not_scored(report)
    if refusal and report["features"]["label"] == "metric_network":
        return {"refused": refusal, "conditions": conditions}
    heldout, training = real_features["heldout"], real_features["training"]
    translations, methods = translated
    count = min(len(heldout), len(training), len(translations))
    if count < 2:
        reason = "Distances need at least 2 training pictures, 2 held-out pictures and 2 translations."
        return {"refused": reason, "conditions": conditions}
    extractor = build_feature_extractor(metric_network, parameters.features)
    compared = seeded_subset(heldout, count, parameters.seed)

    def distance(pictures: Pictures) -> float:
        features = extractor(normalise(pictures)).features
        return frechet_distance(compared, seeded_subset(features, count, parameters.seed))

    value, baselines = distance(translations), {name: distance(pictures) for name, pictures in methods.items()}
    real = real_baseline(training, heldout, count, parameters.baseline_draws, parameters.seed).mean
    section = {
        "value": value,
        "real_baseline": real,
        "ratio_to_real": value / real if real > 0 else None,
        "baselines": baselines,
        "ratios": {name: value / each if each > 0 else None for name, each in baselines.items()},
        "real_images": count,
        "generated_images": count,
        "low_n": count < _ENOUGH_IMAGES,
    }
    return {report["features"]["distance"]: section, "conditions": conditions}
