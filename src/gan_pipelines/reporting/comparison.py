"""Comparison of several trained models: previews, losses and distances."""

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.reporting.card_entries import Card, distance_of, entry_at, feature_network_of
from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

_LINE_STYLES = {"generator_loss": "solid", "discriminator_loss": "dot"}
_MAXIMUM_PREVIEWS = 4
_WINDOW_FRACTION = 0.03


def common_previews(epochs: Mapping[str, NDArray[np.floating]], most: int = _MAXIMUM_PREVIEWS) -> dict[str, list[int]]:
    """Returns, for each model, the indices of previews at common epochs.

    Args:
        epochs: Epochs of the previews by model, ascending ``(previews,)``.
        most: Maximum number of common epochs, evenly spaced up to the end of the shortest training.

    Returns:
        Indices by model, the same number for each: the previews nearest to the common epochs, and the last preview if
        the trainings end at different epochs.
    """
    last_epoch = min(float(values[-1]) for values in epochs.values())
    fewest = min(len(values) for values in epochs.values())
    chosen = np.linspace(0, last_epoch, min(most, fewest))
    nearest = {model: [int(np.abs(values - epoch).argmin()) for epoch in chosen] for model, values in epochs.items()}
    if all(float(values[-1]) == last_epoch for values in epochs.values()):
        return nearest
    return {model: [*positions, len(epochs[model]) - 1] for model, positions in nearest.items()}


def comparison_curves(histories: "Mapping[str, pd.DataFrame]") -> "Figure":
    """Returns a chart of the smoothed generator and discriminator losses of all models over the epochs.

    Args:
        histories: Tables by model with the columns ``epoch``, ``generator_loss`` and ``discriminator_loss``.
    """
    from plotly.graph_objects import Figure, Scatter

    figure = Figure()
    for (model, history), colour in zip(histories.items(), cycle(COLOURS), strict=False):
        window = max(1, round(len(history) * _WINDOW_FRACTION))
        for column, dash in _LINE_STYLES.items():
            values = history[column].rolling(window, center=True, min_periods=1).mean()
            figure.add_trace(
                Scatter(
                    x=history["epoch"].to_numpy(np.float32),
                    y=values.to_numpy(np.float32),
                    name=f"{model}, {column.removesuffix('_loss')}",
                    mode="lines",
                    line={"color": colour, "dash": dash, "width": 2},
                )
            )
    arrange(figure, "Losses")
    figure.update_xaxes({"title": "Epoch"})
    figure.update_yaxes({"title": "Loss"})
    return figure


def comparison_summary(cards: Mapping[str, Card]) -> dict[str, Any]:
    """Returns the best model, the distance ratios, and whether the distances are comparable.

    Args:
        cards: Model cards by model.

    Returns:
        ``best``: the model with the smallest distance; ``ratio_to_best``: distance / smallest distance, by model;
        ``same_data``, ``same_budget``, ``same_feature_network`` and ``same_truncation``: whether the models have the
        same training images, steps and batch size (see ``budgets``), feature network and truncation. Distances with
        different feature networks, training images or truncations are not comparable; then ``best`` is None.
    """
    same_network = _same(feature_network_of(card) for card in cards.values())
    same_data = _same(card["data"]["training_sha256"] for card in cards.values())
    same_truncation = _same(entry_at(card, "scores.conditions.truncation") for card in cards.values())
    distances = {model: distance for model, card in cards.items() if (distance := _distance(card)) is not None}
    comparable = same_network and same_data and same_truncation and len(distances) > 1
    best = min(distances, key=lambda model: distances[model]) if comparable else None
    return {
        "models": list(cards),
        "best": best,
        "ratio_to_best": {model: distance / distances[best] for model, distance in distances.items()} if best else {},
        "same_data": same_data,
        "same_budget": _same(
            (card["training"]["steps"], card["training"]["parameters"]["batch_size"]) for card in cards.values()
        ),
        "same_feature_network": same_network,
        "same_truncation": same_truncation,
        "budgets": {model: _budget(card) for model, card in cards.items()},
    }


def _distance(card: Card) -> float | None:
    distance = distance_of(card)
    value = None if distance is None else distance.section["value"]
    return None if value is None else float(value)


def _budget(card: Card) -> dict[str, Any]:
    training = card["training"]
    return {
        "steps": training["steps"],
        "batch_size": training["parameters"]["batch_size"],
        "seconds": training["seconds"],
    }


def _same(values: Iterable[object]) -> bool:
    return len(set(values)) == 1
