"""Class agreement of the two images that a coupled generator creates from one latent."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import reason_not_scored


def score_pairs(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    metric_networks: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Returns the fraction of pairs with the same predicted class, or the reason for omitting it.

    Args:
        left: Class of the left image of each pair, predicted by its metric network, ``(pairs,)``.
        right: Class of the right image of each pair, predicted by its metric network, ``(pairs,)``.
        metric_networks: Report of each metric network by domain; see ``metric_network.evaluate``.

    Returns:
        ``pair_agreement``: ``value``; ``chance``, its expectation for the same images in random order; the metric
        networks' accuracy on held-out real images; the fraction ``by_class`` of the left image. And the conditions.
    """
    conditions = {domain: report["sha256"] for domain, report in metric_networks.items()}
    refusal = next((reason for report in metric_networks.values() if (reason := _reason_not_scored(report))), None)
    if refusal:
        return {"pairs_refused": refusal, "conditions": conditions}
    class_names = next(iter(metric_networks.values()))["class_names"]
    fractions = [np.bincount(classes, minlength=len(class_names)) / len(classes) for classes in (left, right)]
    agrees = left == right
    return {
        "pair_agreement": {
            "value": float(np.mean(agrees)),
            "chance": float(fractions[0] @ fractions[1]),
            "heldout_accuracy": {domain: report["heldout_accuracy"] for domain, report in metric_networks.items()},
            "by_class": {
                name: float(np.mean(agrees[left == label])) for label, name in enumerate(class_names) if label in left
            },
            "generated_pairs": len(left),
        },
        "conditions": conditions,
    }


def _reason_not_scored(report: Mapping[str, Any]) -> str | None:
    if report["task"] != "classes":
        return "Pair agreement needs real images with classes."
    return reason_not_scored(dict(report))
