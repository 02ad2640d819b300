"""Finding one's way in model cards and scores, those of earlier runs too, which may lack what later ones have."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Card = Mapping[str, Any]


class Distance(NamedTuple):
    """The section of a card's Fréchet distance.

    Args:
        name: Its key, which says whose features it compares, such as ``frechet_classifier_distance``.
        section: What stands below it: ``value``, ``floor``, ``ceiling`` and the numbers of images.
    """

    name: str
    section: Mapping[str, Any]


def entry_at(report: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """Returns what stands at a path, its keys joined by dots; None where there is nothing."""
    value: Any = report
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def distance_of(card: Card) -> Distance | None:
    """Returns a card's Fréchet distance, whatever features it compares; None where scoring was refused."""
    scores: Mapping[str, Any] = card.get("scores", {})
    names = (name for name in scores if name.startswith("frechet_") and name.endswith("_distance"))
    return next((Distance(name, scores[name]) for name in names), None)


def metric_network_of(card: Card) -> str | None:
    """Returns the SHA-256 of the network whose classes a card's scores count; None if the card does not tell."""
    digest = entry_at(card, "scores.conditions.metric_network.sha256")
    return None if digest is None else str(digest)


def feature_network_of(card: Card) -> str | None:
    """Returns the SHA-256 of the network whose features a card's distances compare: its own, or the metric network."""
    digest = entry_at(card, "scores.conditions.feature_network.sha256")
    return metric_network_of(card) if digest is None else str(digest)
