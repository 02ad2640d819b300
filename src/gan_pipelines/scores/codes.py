"""Whether categories that a generator found by itself are the classes of the data, under the best naming of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import why_not_scored
from gan_pipelines.training.randomness import random_generator

_SHUFFLES = 20
_MOST_CATEGORIES_LISTED = 100


def best_assignment(gains: NDArray[np.integer]) -> NDArray[np.int64]:
    """Returns a column for each row, no two alike, with the largest possible sum of gains.

    Kuhn, "The Hungarian Method for the Assignment Problem", 1955, with shortest augmenting paths: rows are assigned one
    by one, and each may push earlier ones to other columns. Exact; takes rows² * columns steps.

    Args:
        gains: ``(rows, columns)``, whole numbers, at least as many columns as rows.
    """
    rows, columns = gains.shape
    costs = np.zeros((rows + 1, columns + 1), np.int64)
    costs[1:, 1:] = -gains
    row_prices, column_prices = np.zeros(rows + 1, np.int64), np.zeros(columns + 1, np.int64)
    row_of = np.zeros(columns + 1, np.int64)  # row 0 is nobody, column 0 is where a new row waits
    for row in range(1, rows + 1):
        row_of[0] = row
        _place(costs, row_prices, column_prices, row_of)
    assigned = np.empty(rows, np.int64)
    taken = np.flatnonzero(row_of[1:])
    assigned[row_of[taken + 1] - 1] = taken
    return assigned


def _place(
    costs: NDArray[np.int64],
    row_prices: NDArray[np.int64],
    column_prices: NDArray[np.int64],
    row_of: NDArray[np.int64],
) -> None:
    """Finds the cheapest way to give the row that waits in column 0 a column, and moves rows along it."""
    unreached = np.iinfo(np.int64).max
    distances = np.full(len(row_of), unreached)
    came_from, is_done = np.zeros(len(row_of), np.int64), np.zeros(len(row_of), np.bool_)
    column = 0
    while row_of[column]:
        is_done[column] = True
        row = row_of[column]
        reduced = costs[row] - row_prices[row] - column_prices
        is_nearer = ~is_done & (reduced < distances)
        distances[is_nearer], came_from[is_nearer] = reduced[is_nearer], column
        column = int(np.argmin(np.where(is_done, unreached, distances)))
        step = distances[column]
        row_prices[row_of[is_done]] += step
        column_prices[is_done] -= step
        distances[~is_done] -= step
    while column:
        row_of[column] = row_of[came_from[column]]
        column = int(came_from[column])


def code_match(
    codes: NDArray[np.int64], found: NDArray[np.int64], class_names: Sequence[str], seed: int = 0
) -> dict[str, Any]:
    """Returns the share of samples whose class is the one that their category stands for, under the best naming.

    Each category stands for one class and no two for the same; where there are more categories than classes, some stand
    for none.

    Args:
        codes: The category that each sample was drawn with, ``(samples,)``.
        found: The class that the metric network puts each into, ``(samples,)``.
        class_names: A name for each class.
        seed: Decides the shuffles that ``chance`` is the mean of: even meaningless categories have a best naming.
    """
    categories = int(codes.max()) + 1
    counts = _counts(codes, found, categories, len(class_names))
    columns = _matched(counts)
    generator = random_generator(seed, "shuffled codes")
    shuffled = [_counts(generator.permutation(codes), found, *counts.shape) for _ in range(_SHUFFLES)]
    section = {
        "value": _matched_share(counts, columns),
        "chance": float(np.mean([_matched_share(each, _matched(each)) for each in shuffled])),
        "generated_images": len(codes),
    }
    if categories > _MOST_CATEGORIES_LISTED:
        return section
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    named = {category: column for category, column in enumerate(columns.tolist()) if column >= 0}
    return {
        **section,
        "class_of_category": {str(category): class_names[column] for category, column in named.items()},
        "by_category": {str(category): float(shares[category, column]) for category, column in named.items()},
    }


def score_codes(
    codes: NDArray[np.int64], found: NDArray[np.int64], metric_network: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns how well categories match classes, or the reason why that cannot be said.

    Args:
        codes: The category that each sample was drawn with, ``(samples,)``.
        found: The class that the metric network puts each into, ``(samples,)``.
        metric_network: Its report; see ``metric_network.describe``.
    """
    conditions = {"metric_network": metric_network["sha256"], "heldout_accuracy": metric_network["heldout_accuracy"]}
    refusal = why_not_scored(dict(metric_network))
    if not metric_network["class_names"]:
        refusal = "These images have no classes that categories could match."
    if refusal:
        return {"codes_refused": refusal, "conditions": conditions}
    return {"code_match": code_match(codes, found, metric_network["class_names"]), "conditions": conditions}


def _counts(codes: NDArray[np.int64], found: NDArray[np.int64], categories: int, classes: int) -> NDArray[np.int64]:
    """Returns how many samples of each category are of each class, ``(categories, classes)``."""
    return np.bincount(codes * classes + found, minlength=categories * classes).reshape(categories, classes)


def _matched(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the class that each category stands for, ``(categories,)``; -1 for none."""
    categories, classes = counts.shape
    if categories <= classes:
        return best_assignment(counts)
    columns = np.full(categories, -1, np.int64)
    columns[best_assignment(counts.T)] = np.arange(classes)
    return columns


def _matched_share(counts: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    rows = np.flatnonzero(columns >= 0)
    return float(counts[rows, columns[rows]].sum() / counts.sum())
