"""Nodes that compare trained models; each takes one artifact per model as keyword arguments."""

from typing import Any

from PIL.Image import Image

from gan_pipelines.models.comparison import LeaderboardParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure

_WIDTH, _MARGIN = 300, 4


def draw_comparison(**training_previews: Arrays) -> Image:
    """Returns previews of all models at the same epochs: one row per model, one column per epoch."""
    from gan_pipelines.pipelines.reporting.nodes import preview_grids
    from gan_pipelines.reporting.comparison import common_previews
    from gan_pipelines.reporting.contact_sheet import contact_sheet

    indices = common_previews({model: previews["epochs"] for model, previews in training_previews.items()})
    pictures, captions = [], []
    for model, previews in training_previews.items():
        pictures += preview_grids(previews, indices[model], _WIDTH, _MARGIN)
        captions += [f"{model} · epoch {previews['epochs'][index]:.0f}" for index in indices[model]]
    return contact_sheet(pictures, captions, columns=len(next(iter(indices.values()))))


def plot_comparison(**training_histories: DataFrame) -> Figure:
    """Returns the losses of all models on one chart."""
    from gan_pipelines.reporting.comparison import comparison_curves

    return comparison_curves(training_histories)


def summarise(claims: dict[str, Any], **model_cards: dict[str, Any]) -> dict[str, Any]:
    """Returns the best model, distance ratios, whether the models are comparable, and the checked claims."""
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.comparison import comparison_summary

    summary = comparison_summary(model_cards)
    return {**summary, "claims": facts.check_claims(claims, summary)}


def rank_runs(
    leaderboard: dict[str, Any],
    comparison: dict[str, Any],  # noqa: ARG001 - makes this node run after the current model cards are written
    **model_cards: dict[str, dict[str, Any]],
) -> DataFrame:
    """Returns the leaderboard: one row per saved run of each model, ranked within its group."""
    from gan_pipelines.reporting.leaderboard import leaderboard_table

    parameters = LeaderboardParameters.model_validate(leaderboard)
    return leaderboard_table(model_cards, parameters.rank_by, parameters.max_versions)


def plot_leaderboard(leaderboard: DataFrame) -> Figure:
    """Returns the leaderboard as a bar chart above a sortable table."""
    from gan_pipelines.reporting.leaderboard_chart import leaderboard_chart

    return leaderboard_chart(leaderboard)
