"""Comparison of several trained models: previews, losses and scores."""

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.reporting.card_entries import (
    Card,
    compared_data_of,
    distance_of,
    entry_at,
    feature_network_of,
    task_of,
)
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
        Distinct indices by model, ascending: the previews nearest to the common epochs, as many for each model, and
        the last preview if it is not among them.
    """
    last_epoch = min(float(values[-1]) for values in epochs.values())
    fewest = min(len(values) for values in epochs.values())
    chosen = np.linspace(0, last_epoch, min(most, fewest))
    nearest = {model: _nearest(values, chosen) for model, values in epochs.items()}
    return {model: sorted({*positions, len(epochs[model]) - 1}) for model, positions in nearest.items()}


def _nearest(values: NDArray[np.floating], chosen: NDArray[np.floating]) -> list[int]:
    """Returns distinct indices of the values near to the chosen ones; both are ascending."""
    positions: list[int] = []
    for following, epoch in zip(reversed(range(len(chosen))), chosen, strict=True):
        start = positions[-1] + 1 if positions else 0
        free = values[start : len(values) - following]  # the rest is left to the following epochs
        positions.append(start + int(np.abs(free - epoch).argmin()))
    return positions


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
    """Returns the best model, by how much the others are worse, and whether their scores are comparable.

    Args:
        cards: Model cards by model.

    Returns:
        ``best``: the model with the smallest distance, or of translators that with the largest PSNR; ``ranked_by``:
        ``frechet_distance`` or ``psnr``; ``ratio_to_best``: distance / smallest distance, by model; ``below_best``:
        largest PSNR - PSNR, in dB, by model; ``same_data``, ``same_heldout``, ``same_budget``,
        ``same_feature_network`` and ``same_truncation``: whether the models have the same training images, held-out
        images (None if unknown), steps and batch size (see ``budgets``), feature network and truncation. Distances with
        different feature networks, training images or truncations are not comparable, nor PSNR of other tasks or
        held-out images; then ``best`` is None.
    """
    ratios = _comparable_ratios(cards)
    distances = {} if ratios else _comparable_distances(cards)
    losses = distances or {model: -ratio for model, ratio in ratios.items()}
    best = min(losses, key=lambda model: losses[model], default=None)
    return {
        "models": list(cards),
        "best": best,
        "ranked_by": "psnr" if ratios else "frechet_distance",
        "ratio_to_best": {model: each / distances[best] for model, each in distances.items()} if best else {},
        "below_best": {model: ratios[best] - each for model, each in ratios.items()} if best else {},
        "same_data": _same_data(cards),
        "same_heldout": _same_heldout(cards),
        "same_budget": _same(
            (card["training"]["steps"], card["training"]["parameters"]["batch_size"]) for card in cards.values()
        ),
        "same_feature_network": _same_network(cards),
        "same_truncation": _same_truncation(cards),
        "budgets": {model: _budget(card) for model, card in cards.items()},
    }


def _comparable_ratios(cards: Mapping[str, Card]) -> dict[str, float]:
    """Returns the PSNR by model of translators with one task and the same held-out images, else nothing."""
    conditions = {(task_of(card), compared_data_of(card)) for card in cards.values()}
    values = {model: entry_at(card, "scores.psnr.value") for model, card in cards.items()}
    is_comparable = len(conditions) == 1 and None not in next(iter(conditions)) and None not in values.values()
    return values if is_comparable else {}


def _comparable_distances(cards: Mapping[str, Card]) -> dict[str, float]:
    """Returns the distances by model, without models that have none; nothing if they are not comparable."""
    found = {model: distance_of(card) for model, card in cards.items()}
    sections = {model: distance.section["value"] for model, distance in found.items() if distance is not None}
    distances = {model: float(value) for model, value in sections.items() if value is not None}
    is_comparable = _same_network(cards) and _same_data(cards) and _same_truncation(cards) and len(distances) > 1
    return distances if is_comparable else {}


def _same_network(cards: Mapping[str, Card]) -> bool:
    return _same(feature_network_of(card) for card in cards.values())


def _same_data(cards: Mapping[str, Card]) -> bool:
    return _same(card["data"]["training_sha256"] for card in cards.values())


def _same_heldout(cards: Mapping[str, Card]) -> bool | None:
    digests = [entry_at(card, "data.heldout_sha256") for card in cards.values()]
    return None if None in digests else _same(digests)


def _same_truncation(cards: Mapping[str, Card]) -> bool:
    return _same(entry_at(card, "scores.conditions.truncation") for card in cards.values())


def _budget(card: Card) -> dict[str, Any]:
    training = card["training"]
    return {
        "steps": training["steps"],
        "batch_size": training["parameters"]["batch_size"],
        "seconds": training["seconds"],
    }


def _same(values: Iterable[object]) -> bool:
    return len(set(values)) == 1
