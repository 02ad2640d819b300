"""Nodes that compare trained models; each takes one artifact of every model, by the model's name."""

from typing import Any

from PIL.Image import Image

from gan_pipelines.models.comparison import LeaderboardParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure

_WIDTH, _MARGIN = 300, 4


def draw_comparison(**training_previews: Arrays) -> Image:
    """Returns previews of all models at the same epochs: a row for each model, a column for each moment."""
    from gan_pipelines.pipelines.reporting.nodes import preview_grids
    from gan_pipelines.reporting.comparison import shared_moments
    from gan_pipelines.reporting.contact_sheet import contact_sheet

    moments = shared_moments({model: previews["epochs"] for model, previews in training_previews.items()})
    pictures, captions = [], []
    for model, previews in training_previews.items():
        pictures += preview_grids(previews, moments[model], _WIDTH, _MARGIN)
        captions += [f"{model} · epoch {previews['epochs'][moment]:.0f}" for moment in moments[model]]
    return contact_sheet(pictures, captions, columns=len(next(iter(moments.values()))))


def plot_comparison(**training_histories: DataFrame) -> Figure:
    """Returns the losses of all models on one chart."""
    from gan_pipelines.reporting.comparison import comparison_curves

    return comparison_curves(training_histories)


def summarise(claims: dict[str, Any], **model_cards: dict[str, Any]) -> dict[str, Any]:
    """Returns how the models stand to each other, what keeps them from being compared, and the claims."""
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.comparison import comparison_summary

    summary = comparison_summary(model_cards)
    return {**summary, "claims": facts.claimed(claims, summary)}


def rank_runs(
    leaderboard: dict[str, Any],
    comparison: dict[str, Any],  # noqa: ARG001 - taken so that the present cards are written before
    **model_cards: dict[str, dict[str, Any]],
) -> DataFrame:
    """Returns a row for each kept run of each model, ranked among those that the same judge has seen."""
    from gan_pipelines.reporting.leaderboard import leaderboard_table

    parameters = LeaderboardParameters.model_validate(leaderboard)
    return leaderboard_table(model_cards, parameters.rank_by, parameters.most_versions)


def plot_leaderboard(leaderboard: DataFrame) -> Figure:
    """Returns the ranks as bars, above the table of all runs, which can be sorted."""
    from gan_pipelines.reporting.leaderboard_chart import leaderboard_chart

    return leaderboard_chart(leaderboard)
