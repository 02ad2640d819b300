"""Comparison pipeline: from the results of several models to common pictures and tables."""

import warnings
from collections.abc import Callable, Sequence

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.comparison import nodes

KEPT_CARDS = "model_card_versions"
"""Name of the catalog entry, in the namespace of a model, of the model cards of all saved runs."""

_ARTIFACTS = ("training_previews", "training_history", "model_card")


def create_pipeline(models: Sequence[str], ranked_models: Sequence[str]) -> Pipeline:
    """Returns the pipeline that compares models and ranks their saved runs.

    Args:
        models: Models to compare; their own pipelines produce the inputs.
        ranked_models: Models whose saved runs are ranked.
    """
    names = {(model, artifact): f"{model}_{artifact}" for model in models for artifact in _ARTIFACTS}
    names |= {(model, KEPT_CARDS): f"{model}_{KEPT_CARDS}" for model in ranked_models}

    def inputs_of(artifact: str) -> dict[str, str]:
        return {model: name for (model, kind), name in names.items() if kind == artifact}

    with warnings.catch_warnings():
        # Kedro warns about inputs from other namespaces, which a comparison needs.
        warnings.filterwarnings("ignore", "One or more dataset names contain '.'", UserWarning)
        return _comparison(inputs_of, {name: f"{model}.{artifact}" for (model, artifact), name in names.items()})


def _comparison(inputs_of: Callable[[str], dict[str, str]], inputs: dict[str, str]) -> Pipeline:
    return Pipeline(
        [
            Node(nodes.draw_comparison, inputs_of("training_previews"), "comparison_grid", name="draw_comparison"),
            Node(nodes.plot_comparison, inputs_of("training_history"), "comparison_curves", name="plot_comparison"),
            Node(
                nodes.summarise,
                {"claims": "params:claims", **inputs_of("model_card")},
                "comparison",
                name="summarise",
            ),
            Node(
                nodes.rank_runs,
                # `comparison` makes this node run after the current model cards are written; they are ranked too.
                {"leaderboard": "params:leaderboard", "comparison": "comparison", **inputs_of(KEPT_CARDS)},
                "leaderboard",
                name="rank_runs",
            ),
            Node(nodes.plot_leaderboard, "leaderboard", "leaderboard_chart", name="plot_leaderboard"),
        ],
        namespace="compare",
        inputs=inputs,
    )
