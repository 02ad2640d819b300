"""Several trained models beside each other."""

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

_DASHES = {"generator_loss": "solid", "discriminator_loss": "dot"}
_MOST_MOMENTS = 4
_WINDOW_SHARE = 0.03


def shared_moments(epochs: Mapping[str, NDArray[np.floating]], most: int = _MOST_MOMENTS) -> dict[str, list[int]]:
    """Returns, for each model, the positions of its previews at the same epochs as the others'.

    Args:
        epochs: By model, the epochs of its previews, rising ``(moments,)``.
        most: How many moments are chosen, evenly up to the end of the shortest training.

    Returns:
        Positions by model, equally many of each: those of the previews nearest to the chosen epochs; and, where
        trainings end at different epochs, that of each model's end.
    """
    end = min(float(values[-1]) for values in epochs.values())
    fewest = min(len(values) for values in epochs.values())
    chosen = np.linspace(0, end, min(most, fewest))
    nearest = {model: [int(np.abs(values - epoch).argmin()) for epoch in chosen] for model, values in epochs.items()}
    if all(float(values[-1]) == end for values in epochs.values()):
        return nearest
    return {model: [*positions, len(epochs[model]) - 1] for model, positions in nearest.items()}


def comparison_curves(histories: "Mapping[str, pd.DataFrame]") -> "Figure":
    """Returns generator and discriminator losses of all models over the epochs, smoothed, in one chart.

    Args:
        histories: By model, tables with the columns ``epoch``, ``generator_loss`` and ``discriminator_loss``.
    """
    from plotly.graph_objects import Figure, Scatter

    figure = Figure()
    for (model, history), colour in zip(histories.items(), cycle(COLOURS), strict=False):
        window = max(1, round(len(history) * _WINDOW_SHARE))
        for column, dash in _DASHES.items():
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
    """Returns who is best, by how much, and whether the models can be compared at all.

    Args:
        cards: Model cards by model.

    Returns:
        ``best``: the model with the smallest distance; ``times_best``: each model's distance as a multiple of it;
        ``same_data``, ``same_budget``, ``same_feature_network`` and ``same_truncation``: whether the models had the
        same training images, as many steps of as many images (see ``budgets``), one judge, and latents truncated
        alike. Distances of different judges, from other images or of other truncations do not compare, and then there
        is no best one.
    """
    same_judge = _same(feature_network_of(card) for card in cards.values())
    same_data = _same(card["data"]["training_sha256"] for card in cards.values())
    same_truncation = _same(entry_at(card, "scores.conditions.truncation") for card in cards.values())
    known = {model: distance for model, card in cards.items() if (distance := _distance(card)) is not None}
    comparable = same_judge and same_data and same_truncation and len(known) > 1
    best = min(known, key=lambda model: known[model]) if comparable else None
    return {
        "models": list(cards),
        "best": best,
        "times_best": {model: distance / known[best] for model, distance in known.items()} if best else {},
        "same_data": same_data,
        "same_budget": _same(
            (card["training"]["steps"], card["training"]["parameters"]["batch_size"]) for card in cards.values()
        ),
        "same_feature_network": same_judge,
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
