"""Accuracy of categorical latent codes as a clustering into classes, under the best one-to-one matching."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import reason_not_scored
from gan_pipelines.training.randomness import random_generator

_SHUFFLES = 20
_MOST_CATEGORIES_LISTED = 100


def optimal_assignment(gains: NDArray[np.integer]) -> NDArray[np.int64]:
    """Returns the assignment of distinct columns to rows that maximises the sum of gains, ``(rows,)``.

    Kuhn, "The Hungarian Method for the Assignment Problem", 1955, with shortest augmenting paths: rows are assigned one
    by one, and each may reassign earlier ones. Exact; O(rows² * columns).

    Args:
        gains: ``(rows, columns)``, integers, with columns >= rows.
    """
    rows, columns = gains.shape
    costs = np.zeros((rows + 1, columns + 1), np.int64)
    costs[1:, 1:] = -gains
    row_potentials, column_potentials = np.zeros(rows + 1, np.int64), np.zeros(columns + 1, np.int64)
    row_of = np.zeros(columns + 1, np.int64)  # 1-based; 0 is no row, and column 0 holds the new row
    for row in range(1, rows + 1):
        row_of[0] = row
        _augment(costs, row_potentials, column_potentials, row_of)
    assigned = np.empty(rows, np.int64)
    taken = np.flatnonzero(row_of[1:])
    assigned[row_of[taken + 1] - 1] = taken
    return assigned


def _augment(
    costs: NDArray[np.int64],
    row_potentials: NDArray[np.int64],
    column_potentials: NDArray[np.int64],
    row_of: NDArray[np.int64],
) -> None:
    """Finds the shortest augmenting path from the row in column 0, and reassigns the rows along it."""
    infinity = np.iinfo(np.int64).max
    distances = np.full(len(row_of), infinity)
    predecessors, is_visited = np.zeros(len(row_of), np.int64), np.zeros(len(row_of), np.bool_)
    column = 0
    while row_of[column]:
        is_visited[column] = True
        row = row_of[column]
        reduced = costs[row] - row_potentials[row] - column_potentials
        is_shorter = ~is_visited & (reduced < distances)
        distances[is_shorter], predecessors[is_shorter] = reduced[is_shorter], column
        column = int(np.argmin(np.where(is_visited, infinity, distances)))
        step = distances[column]
        row_potentials[row_of[is_visited]] += step
        column_potentials[is_visited] -= step
        distances[~is_visited] -= step
    while column:
        row_of[column] = row_of[predecessors[column]]
        column = int(predecessors[column])


def cluster_accuracy(
    codes: NDArray[np.int64], predicted: NDArray[np.int64], class_names: Sequence[str], seed: int = 0
) -> dict[str, Any]:
    """Returns the fraction of samples whose predicted class is the one matched to their category.

    The matching is one-to-one and maximises the accuracy; with more categories than classes, some are unmatched.

    Args:
        codes: Category that each sample was generated from, ``(samples,)``.
        predicted: Class predicted by the metric network, ``(samples,)``.
        class_names: Name of each class.
        seed: Seed of the permutations of ``codes`` whose mean accuracy is ``chance``: even random categories have a
            best matching.
    """
    categories = int(codes.max()) + 1
    counts = _counts(codes, predicted, categories, len(class_names))
    columns = _match(counts)
    generator = random_generator(seed, "shuffled codes")
    shuffled = [_counts(generator.permutation(codes), predicted, *counts.shape) for _ in range(_SHUFFLES)]
    section = {
        "value": _matched_fraction(counts, columns),
        "chance": float(np.mean([_matched_fraction(each, _match(each)) for each in shuffled])),
        "generated_images": len(codes),
    }
    if categories > _MOST_CATEGORIES_LISTED:
        return section
    fractions = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    matches = {category: column for category, column in enumerate(columns.tolist()) if column >= 0}
    return {
        **section,
        "class_of_category": {str(category): class_names[column] for category, column in matches.items()},
        "by_category": {str(category): float(fractions[category, column]) for category, column in matches.items()},
    }


def score_codes(
    codes: NDArray[np.int64], predicted: NDArray[np.int64], metric_network: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the cluster accuracy, or the reason for omitting it.

    Args:
        codes: Category that each sample was generated from, ``(samples,)``.
        predicted: Class predicted by the metric network, ``(samples,)``.
        metric_network: Its report; see ``metric_network.evaluate``.
    """
    conditions = {"metric_network": metric_network["sha256"], "heldout_accuracy": metric_network["heldout_accuracy"]}
    refusal = reason_not_scored(dict(metric_network))
    if not metric_network["class_names"]:
        refusal = "The images have no classes to match the categories with."
    if refusal:
        return {"codes_refused": refusal, "conditions": conditions}
    return {
        "cluster_accuracy": cluster_accuracy(codes, predicted, metric_network["class_names"]),
        "conditions": conditions,
    }


def _counts(codes: NDArray[np.int64], predicted: NDArray[np.int64], categories: int, classes: int) -> NDArray[np.int64]:
    """Returns the number of samples by category and predicted class, ``(categories, classes)``."""
    return np.bincount(codes * classes + predicted, minlength=categories * classes).reshape(categories, classes)


def _match(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the class matched to each category, ``(categories,)``; -1 if unmatched."""
    categories, classes = counts.shape
    if categories <= classes:
        return optimal_assignment(counts)
    columns = np.full(categories, -1, np.int64)
    columns[optimal_assignment(counts.T)] = np.arange(classes)
    return columns


def _matched_fraction(counts: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    rows = np.flatnonzero(columns >= 0)
    return float(counts[rows, columns[rows]].sum() / counts.sum())
