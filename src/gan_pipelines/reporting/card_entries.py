"""Access to entries of model cards; cards of older versions may lack entries."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Card = Mapping[str, Any]


class Distance(NamedTuple):
    """Section of the Fréchet distance in a model card.

    Args:
        name: Its key, which names the features, such as ``frechet_classifier_distance``.
        section: Its entries: ``value``, ``real_baseline``, ``untrained_baseline`` and the numbers of images.
    """

    name: str
    section: Mapping[str, Any]


def entry_at(report: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  any JSON value
    """Returns the entry at a dotted path; None if it does not exist."""
    value: Any = report
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def distance_of(card: Card) -> Distance | None:
    """Returns the Fréchet distance of a card, for any features; None if there are no scores."""
    scores: Mapping[str, Any] = card.get("scores", {})
    names = (name for name in scores if name.startswith("frechet_") and name.endswith("_distance"))
    return next((Distance(name, scores[name]) for name in names), None)


def metric_network_of(card: Card) -> str | None:
    """Returns the SHA-256 of the metric network, which classifies the images; None if it is not in the card."""
    digest = entry_at(card, "scores.conditions.metric_network.sha256")
    return None if digest is None else str(digest)


def feature_network_of(card: Card) -> str | None:
    """Returns the SHA-256 of the feature network of the distances. Default: the metric network."""
    digest = entry_at(card, "scores.conditions.feature_network.sha256")
    return metric_network_of(card) if digest is None else str(digest)


def task_of(card: Card) -> str | None:
    """Returns the task of a translator, such as ``translation a_to_b``; None for other models."""
    task = entry_at(card, "scores.task")
    return None if task is None else str(task)


def compared_data_of(card: Card) -> str | None:
    """Returns the SHA-256 of the images that models must share for their scores to compare.

    These are the training images; for a translator the held-out images, since the same task can be learned from pairs
    or from unpaired images.
    """
    digest = entry_at(card, "data.training_sha256" if task_of(card) is None else "data.heldout_sha256")
    return None if digest is None else str(digest)
