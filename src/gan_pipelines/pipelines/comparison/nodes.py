"""Nodes that compare trained models; each takes one artifact per model as keyword arguments."""

from typing import Any

from PIL.Image import Image, new

from gan_pipelines.models.comparison import LeaderboardParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure

_WIDTH, _MARGIN = 300, 4
_PICTURE_SIDE = 64
"""Approximate height of each picture in a strip of a translator, in pixels."""


def draw_comparison(**training_previews: Arrays) -> Image:
    """Returns previews of all models at the same epochs, and each one's last: one row per model."""
    from gan_pipelines.pipelines.reporting.nodes import epoch_caption, preview_grids
    from gan_pipelines.reporting.comparison import common_previews
    from gan_pipelines.reporting.contact_sheet import contact_sheet

    indices = common_previews({model: previews["epochs"] for model, previews in training_previews.items()})
    columns = max(map(len, indices.values()))
    pictures, captions = [], []
    for model, previews in training_previews.items():
        missing = columns - len(indices[model])
        grids = preview_grids(previews, indices[model], _WIDTH, _MARGIN, _scale_of_strips(previews))
        pictures += [*grids, *[new("L", (1, 1), "white")] * missing]
        captions += [f"{model} · {epoch_caption(previews['epochs'][index])}" for index in indices[model]]
        captions += [""] * missing
    return contact_sheet(pictures, captions, columns)


def _scale_of_strips(previews: Arrays) -> int | None:
    """Returns the scale that strips of any number of pictures share; None for single pictures."""
    _, _, height, width, _ = previews["samples"].shape
    return max(1, round(_PICTURE_SIDE / height)) if width > height else None


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
