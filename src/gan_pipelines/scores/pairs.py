"""Whether the two images that a coupled generator draws from one latent show the same thing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import why_not_scored


def score_pairs(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    judges: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Returns the share of pairs whose images are of the same class, or the reason why that cannot be said.

    Args:
        left: The class of the left image of each pair, as its judge sees it, ``(pairs,)``.
        right: The class of the right image, as the other judge sees it.
        judges: The reports of both judges by domain; see ``metric_network.describe``.

    Returns:
        ``pair_agreement``: ``value`` beside ``chance``, which is what the same images would get in any other order, the
        judges' accuracy on held-out real images, and the share ``by_class`` of the left image; and the conditions.
    """
    conditions = {domain: report["sha256"] for domain, report in judges.items()}
    refusal = next((reason for report in judges.values() if (reason := _why_refused(report))), None)
    if refusal:
        return {"pairs_refused": refusal, "conditions": conditions}
    class_names = next(iter(judges.values()))["class_names"]
    shares = [np.bincount(classes, minlength=len(class_names)) / len(classes) for classes in (left, right)]
    agrees = left == right
    return {
        "pair_agreement": {
            "value": float(np.mean(agrees)),
            "chance": float(shares[0] @ shares[1]),
            "heldout_accuracy": {domain: report["heldout_accuracy"] for domain, report in judges.items()},
            "by_class": {
                name: float(np.mean(agrees[left == label])) for label, name in enumerate(class_names) if label in left
            },
            "generated_pairs": len(left),
        },
        "conditions": conditions,
    }


def _why_refused(judge: Mapping[str, Any]) -> str | None:
    if judge["task"] != "classes":
        return "Whether the images of a pair are of the same class can be said only where the real ones have classes."
    return why_not_scored(dict(judge))
