"""All kept runs of several models in one table, ranked only among those whose scores compare."""

import json
import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Literal

from gan_pipelines.errors import UserError
from gan_pipelines.reporting.card_entries import (
    Card,
    distance_of,
    entry_at,
    feature_network_of,
    metric_network_of,
)

if TYPE_CHECKING:
    import pandas as pd

RankedBy = Literal[
    "frechet_distance", "kernel_distance", "classifier_score", "precision", "recall", "density", "coverage"
]
"""The scores by which runs can be ranked; columns of the table."""


@dataclass(frozen=True)
class Measure:
    """A score with what real images and what the untrained generator get.

    Args:
        title: As it stands in a sentence.
        value: Where the scores have it, keys joined by dots.
        floor: The same of what real images get.
        ceiling: The same of what the untrained generator gets.
        less_is_better: Whether it is a distance.
        spreads: Whether its values usually lie orders of magnitude apart.
    """

    title: str
    value: str
    floor: str
    ceiling: str
    less_is_better: bool = False
    spreads: bool = False


def _shared_section(title: str, section: str, name: str) -> Measure:
    """Returns a score that shares its section with others."""
    return Measure(title, f"{section}.{name}", f"{section}.floor.{name}", f"{section}.ceiling.{name}")


MEASURES: Mapping[RankedBy, Measure] = {
    "frechet_distance": Measure(
        "Fréchet distance", "frechet.value", "frechet.floor", "frechet.ceiling", less_is_better=True, spreads=True
    ),
    "kernel_distance": Measure(
        "kernel distance",
        "kernel_distance.mean",
        "kernel_distance.floor.mean",
        "kernel_distance.ceiling.mean",
        less_is_better=True,
    ),
    "classifier_score": Measure(
        "classifier score", "classifier_score.value", "classifier_score.heldout", "classifier_score.untrained"
    ),
    "precision": _shared_section("precision", "precision_recall", "precision"),
    "recall": _shared_section("recall", "precision_recall", "recall"),
    "density": _shared_section("density", "density_coverage", "density"),
    "coverage": _shared_section("coverage", "density_coverage", "coverage"),
}
"""How each score is read, in the order of the table's columns; ``frechet`` stands for a distance of any features."""

_TYPES = {
    **dict.fromkeys(("rank", "images", "covered_classes", "classes", "exact_copies", "training_images"), "Int64"),
    **dict.fromkeys(("generator_parameters", "discriminator_parameters", "steps", "batch_size"), "Int64"),
    **dict.fromkeys(("low_n", "suspicious"), "boolean"),
}
"""Columns in which something may be missing without making whole numbers fractions."""


@dataclass(frozen=True, eq=False)
class _Run:
    """A kept run on its way into the table.

    Args:
        row: What the table says of it.
        conditions: What a score has to have in common with another one to compare; None where there is no score.
        badness: What it is ranked by, less of it being better; None where its scores lack that.
    """

    row: dict[str, Any]
    conditions: Hashable
    badness: float | None


def leaderboard_table(
    cards: Mapping[str, Mapping[str, Card]], ranked_by: RankedBy, most_versions: int | None = None
) -> "pd.DataFrame":
    """Returns a row for each kept run, grouped by judge and ranked within each group, the best first.

    Runs have one judge where their scores come from the same features of the same networks, of equally many images,
    beside the same training images; others do not compare. Judge A saw the latest run, B the latest that A did not see,
    and so on. Runs without the score have no rank and end their group; those whose scoring was refused have no judge
    and come last.

    Args:
        cards: Model cards by model and version; versions rise with time. Equal cards of a model are one run, which was
            brought back or done again to the same bits, and count under the latest version.
        ranked_by: The score that decides.
        most_versions: How many of a model's latest runs are taken; None for all.

    Returns:
        A row for each run; ``floor`` and ``ceiling`` are those of the score that decides.

    Raises:
        UserError: A model has no kept run.
    """
    import pandas as pd

    runs = [
        _run(model, version, card, ranked_by)
        for model, versions in cards.items()
        for version, card in _latest(model, versions, most_versions).items()
    ]
    runs.sort(key=lambda run: run.row["version"], reverse=True)
    judges = _judges(runs)
    ranked = _in_order(runs)
    for run in runs:
        run.row["judge"] = judges.get(run.conditions)
        if run.badness is not None:
            run.row["rank"] = 1 + bisect_left(ranked[run.conditions], run.badness)
    places = {conditions: place for place, conditions in enumerate(judges)}
    runs.sort(key=lambda run: (places.get(run.conditions, len(places)), run.row["rank"] or math.inf))
    return pd.DataFrame([run.row for run in runs]).astype(_TYPES)


def _latest(model: str, versions: Mapping[str, Card], most: int | None) -> dict[str, Card]:
    """Returns the latest of the different cards of a model, by version."""
    if not versions:
        raise UserError(
            f"`compare.leaderboard.other_models` names {model}, of which no run is kept. Run it first with "
            f"kedro run --pipeline={model}, or leave it out."
        )
    different = {json.dumps(versions[version], sort_keys=True): version for version in sorted(versions)}
    return {version: versions[version] for version in sorted(different.values(), reverse=True)[:most]}


def _run(model: str, version: str, card: Card, ranked_by: RankedBy) -> _Run:
    distance = distance_of(card)
    scores = {**card.get("scores", {}), "frechet": None if distance is None else distance.section}
    network = feature_network_of(card)
    measure = MEASURES[ranked_by]
    row: dict[str, Any] = {
        "judge": None,
        "rank": None,
        "model": model,
        "version": version,
        "architecture": entry_at(card, "model.architecture"),
        "ranked_by": ranked_by,
        "floor": entry_at(scores, measure.floor),
        "ceiling": entry_at(scores, measure.ceiling),
        **{name: entry_at(scores, each.value) for name, each in MEASURES.items()},
        "times_floor": entry_at(scores, "frechet.times_floor"),
        "covered_classes": entry_at(scores, "class_coverage.covered_classes"),
        "classes": entry_at(scores, "class_coverage.classes"),
        "exact_copies": entry_at(scores, "memorisation.exact_copies"),
        "suspicious": entry_at(scores, "memorisation.suspicious"),
        "distance": None if distance is None else distance.name,
        "feature_network": None if network is None else f"sha256:{network[:12]}",
        "images": entry_at(scores, "frechet.generated_images"),
        "low_n": entry_at(scores, "frechet.low_n"),
        "generator_parameters": entry_at(card, "model.parameters.generator"),
        "discriminator_parameters": entry_at(card, "model.parameters.discriminator"),
        "steps": entry_at(card, "training.steps"),
        "batch_size": entry_at(card, "training.parameters.batch_size"),
        "images_per_second": entry_at(card, "training.examples_per_second"),
        "seconds": entry_at(card, "training.seconds"),
        "training_images": entry_at(card, "data.training"),
        "refused": scores.get("refused"),
    }
    value, conditions = row[ranked_by], _conditions(card)
    badness = None if value is None or conditions is None else value if measure.less_is_better else -value
    return _Run(row, conditions, badness)


def _conditions(card: Card) -> Hashable:
    """Returns what scores have in common that compare; None for a card without."""
    distance = distance_of(card)
    if distance is None:
        return None
    images = distance.section.get("generated_images")
    data = entry_at(card, "data.training_sha256")
    truncation = entry_at(card, "scores.conditions.truncation")
    return (distance.name, feature_network_of(card), metric_network_of(card), images, data, truncation)


def _judges(runs: Sequence[_Run]) -> dict[Hashable, str]:
    """Returns a letter for each judge, in the order of the runs."""
    conditions = dict.fromkeys(run.conditions for run in runs if run.conditions is not None)
    return {each: _letter(position) for position, each in enumerate(conditions)}


def _letter(position: int) -> str:
    """Returns A, B, ..., Z, AA, AB, ..."""
    before = "" if position < len(ascii_uppercase) else _letter(position // len(ascii_uppercase) - 1)
    return before + ascii_uppercase[position % len(ascii_uppercase)]


def _in_order(runs: Sequence[_Run]) -> dict[Hashable, list[float]]:
    """Returns, by judge, what runs are ranked by, the best first."""
    found: dict[Hashable, list[float]] = defaultdict(list)
    for run in runs:
        if run.badness is not None:
            insort(found[run.conditions], run.badness)
    return found
