"""Leaderboard of the stored runs of several models, ranked within groups of comparable scores."""

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
    compared_data_of,
    distance_of,
    entry_at,
    feature_network_of,
    metric_network_of,
    task_of,
)

if TYPE_CHECKING:
    import pandas as pd

RankedBy = Literal[
    "frechet_distance",
    "kernel_distance",
    "sliced_wasserstein",
    "classifier_score",
    "precision",
    "recall",
    "density",
    "coverage",
    "psnr",
    "ssim",
]
"""Scores that can rank the runs; columns of the table."""


@dataclass(frozen=True)
class Measure:
    """Paths of a score and of its baselines.

    Args:
        title: Title of the score, in lower case.
        value: Dotted path of the score.
        real_baseline: Dotted path of the score of real images; None if they have none.
        untrained_baseline: Dotted path of the score of the untrained generator; None if it has none.
        best_baseline: Dotted path of the score of the best simple method; None if there are no simple methods.
        lower_is_better: Whether lower values are better, as for a distance.
        log_scale: Whether the values typically span orders of magnitude.
        images: Dotted path of the number of images that the score compares.
    """

    title: str
    value: str
    real_baseline: str | None = None
    untrained_baseline: str | None = None
    best_baseline: str | None = None
    lower_is_better: bool = False
    log_scale: bool = False
    images: str = "frechet.generated_images"

    @property
    def is_of_translations(self) -> bool:
        """Whether it compares translations with their true pictures, without any features."""
        return self.best_baseline is not None


def _shared_section(title: str, section: str, name: str) -> Measure:
    """Returns a score of a section that has several scores."""
    return Measure(
        title, f"{section}.{name}", f"{section}.real_baseline.{name}", f"{section}.untrained_baseline.{name}"
    )


def _of_translations(title: str, section: str) -> Measure:
    """Returns a score of translations beside their true pictures."""
    return Measure(title, f"{section}.value", best_baseline=f"{section}.best_baseline", images="psnr.pictures")


MEASURES: Mapping[RankedBy, Measure] = {
    "frechet_distance": Measure(
        "Fréchet distance",
        "frechet.value",
        "frechet.real_baseline",
        "frechet.untrained_baseline",
        lower_is_better=True,
        log_scale=True,
    ),
    "kernel_distance": Measure(
        "kernel distance",
        "kernel_distance.mean",
        "kernel_distance.real_baseline.mean",
        "kernel_distance.untrained_baseline.mean",
        lower_is_better=True,
    ),
    "sliced_wasserstein": Measure(
        "sliced Wasserstein distance",
        "sliced_wasserstein.value",
        "sliced_wasserstein.real_baseline",
        "sliced_wasserstein.untrained_baseline",
        lower_is_better=True,
        log_scale=True,
        images="sliced_wasserstein.generated_images",
    ),
    "classifier_score": Measure(
        "classifier score", "classifier_score.value", "classifier_score.heldout", "classifier_score.untrained"
    ),
    "precision": _shared_section("precision", "precision_recall", "precision"),
    "recall": _shared_section("recall", "precision_recall", "recall"),
    "density": _shared_section("density", "density_coverage", "density"),
    "coverage": _shared_section("coverage", "density_coverage", "coverage"),
    "psnr": _of_translations("peak signal-to-noise ratio in dB", "psnr"),
    "ssim": _of_translations("structural similarity", "ssim"),
}
"""Paths of each score, in the order of the columns; ``frechet`` is the section of the distance of any features."""

_TYPES = {
    **dict.fromkeys(("rank", "images", "covered_classes", "classes", "exact_copies", "training_images"), "Int64"),
    **dict.fromkeys(("generator_parameters", "discriminator_parameters", "steps", "batch_size"), "Int64"),
    **dict.fromkeys(("low_n", "suspicious"), "boolean"),
}
"""Nullable dtypes of columns, since NumPy would convert integers with missing values to floats."""


@dataclass(frozen=True, eq=False)
class _Run:
    """Row of the table with its keys for grouping and ranking.

    Args:
        row: Row of the table.
        conditions: Conditions of the scores, equal for comparable runs; None without scores.
        sort_key: Value to rank by, ascending; None if the score is missing.
    """

    row: dict[str, Any]
    conditions: Hashable
    sort_key: float | None


def leaderboard_table(
    cards: Mapping[str, Mapping[str, Card]], ranked_by: RankedBy, max_versions: int | None = None
) -> "pd.DataFrame":
    """Returns a row for each stored run, grouped and ranked within each group, the best first.

    Runs of a group have scores with the same features, networks, number of images, training images and truncation;
    scores of distinct groups are not comparable. Translators are ranked apart by task and held-out images, since they
    may learn the same task from other training images; ranked by a score of translations, features do not matter
    either. Group A contains the latest run, B the latest run that is not in A, and so on. Runs without the score have
    no rank and are last in their group; runs without any scores have no group and are last in the table.

    Args:
        cards: Model cards by model and version; versions are timestamps. Equal cards of a model are the same run,
            restored or reproduced exactly, and are listed once, under the latest version.
        ranked_by: Score that ranks the runs.
        max_versions: Maximum number of latest runs of a model. Default: all runs.

    Returns:
        A row for each run; ``real_baseline``, ``untrained_baseline`` and ``best_baseline`` (that of the best simple
        method) are those of the score in ``ranked_by``.

    Raises:
        UserError: If a model has no stored run.
    """
    import pandas as pd

    runs = [
        _run(model, version, card, ranked_by)
        for model, versions in cards.items()
        for version, card in _latest(model, versions, max_versions).items()
    ]
    runs.sort(key=lambda run: run.row["version"], reverse=True)
    groups = _group_letters(runs)
    ranked = _sort_keys(runs)
    for run in runs:
        run.row["group"] = groups.get(run.conditions)
        if run.sort_key is not None:
            run.row["rank"] = 1 + bisect_left(ranked[run.conditions], run.sort_key)
    places = {conditions: place for place, conditions in enumerate(groups)}
    runs.sort(key=lambda run: (places.get(run.conditions, len(places)), run.row["rank"] or math.inf))
    return pd.DataFrame([run.row for run in runs]).astype(_TYPES)


def _latest(model: str, versions: Mapping[str, Card], most: int | None) -> dict[str, Card]:
    """Returns the latest distinct cards of a model by version."""
    if not versions:
        raise UserError(
            f"`compare.leaderboard.other_models` contains {model}, which has no stored run. Run it first with "
            f"kedro run --pipeline={model}, or remove it."
        )
    distinct = {json.dumps(versions[version], sort_keys=True): version for version in sorted(versions)}
    return {version: versions[version] for version in sorted(distinct.values(), reverse=True)[:most]}


def _run(model: str, version: str, card: Card, ranked_by: RankedBy) -> _Run:
    distance = distance_of(card)
    scores = {**card.get("scores", {}), "frechet": None if distance is None else distance.section}
    network = feature_network_of(card)
    measure = MEASURES[ranked_by]
    row: dict[str, Any] = {
        "group": None,
        "rank": None,
        "model": model,
        "version": version,
        "architecture": entry_at(card, "model.architecture"),
        "ranked_by": ranked_by,
        "real_baseline": _baseline(scores, measure.real_baseline),
        "untrained_baseline": _baseline(scores, measure.untrained_baseline),
        **{name: entry_at(scores, each.value) for name, each in MEASURES.items()},
        "ratio_to_real": entry_at(scores, "frechet.ratio_to_real"),
        "covered_classes": entry_at(scores, "class_coverage.covered_classes"),
        "classes": entry_at(scores, "class_coverage.classes"),
        "exact_copies": entry_at(scores, "memorisation.exact_copies"),
        "suspicious": entry_at(scores, "memorisation.suspicious"),
        "distance": None if distance is None else distance.name,
        "feature_network": None if network is None else f"sha256:{network[:12]}",
        "images": entry_at(scores, measure.images),
        "low_n": None if measure.is_of_translations else entry_at(scores, "frechet.low_n"),
        "generator_parameters": entry_at(card, "model.parameters.generator"),
        "discriminator_parameters": entry_at(card, "model.parameters.discriminator"),
        "steps": entry_at(card, "training.steps"),
        "batch_size": entry_at(card, "training.parameters.batch_size"),
        "images_per_second": entry_at(card, "training.examples_per_second"),
        "seconds": entry_at(card, "training.seconds"),
        "training_images": entry_at(card, "data.training"),
        "task": scores.get("task"),
        "best_baseline": _baseline(scores, measure.best_baseline),
        "refused": scores.get("refused"),
    }
    value, conditions = row[ranked_by], _conditions(card, measure, row["images"])
    sort_key = None if value is None or conditions is None else value if measure.lower_is_better else -value
    return _Run(row, conditions, sort_key)


def _baseline(scores: Mapping[str, Any], path: str | None) -> float | None:
    return None if path is None else entry_at(scores, path)


def _conditions(card: Card, measure: Measure, images: int | None) -> Hashable:
    """Returns the conditions that are equal for comparable scores; None for a card without the scores.

    Args:
        card: Card of the run.
        measure: Score that ranks the runs.
        images: Number of images that this score compares; other scores in the row may compare more.
    """
    task, data = task_of(card), compared_data_of(card)
    if measure.is_of_translations and task is not None:
        return None if data is None else (task, data)
    distance = distance_of(card)
    if distance is None:
        return None
    counts = (distance.section.get("generated_images"), images)
    truncation = entry_at(card, "scores.conditions.truncation")
    return (distance.name, feature_network_of(card), metric_network_of(card), counts, data, truncation, task)


def _group_letters(runs: Sequence[_Run]) -> dict[Hashable, str]:
    """Returns the letter of each group, in the order of the runs."""
    conditions = dict.fromkeys(run.conditions for run in runs if run.conditions is not None)
    return {each: _letter(position) for position, each in enumerate(conditions)}


def _letter(position: int) -> str:
    """Returns A, B, ..., Z, AA, AB, ..."""
    before = "" if position < len(ascii_uppercase) else _letter(position // len(ascii_uppercase) - 1)
    return before + ascii_uppercase[position % len(ascii_uppercase)]


def _sort_keys(runs: Sequence[_Run]) -> dict[Hashable, list[float]]:
    """Returns the sort keys of the ranked runs by group, the best first."""
    found: dict[Hashable, list[float]] = defaultdict(list)
    for run in runs:
        if run.sort_key is not None:
            insort(found[run.conditions], run.sort_key)
    return found
