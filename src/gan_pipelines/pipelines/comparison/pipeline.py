"""From the results of several models to pictures and tables of all of them."""

import warnings
from collections.abc import Callable, Sequence

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.comparison import nodes

KEPT_CARDS = "kept_model_cards"
"""The catalog's name, below a model's, of the cards of all its runs."""

_ARTIFACTS = ("training_previews", "training_history", "model_card")


def create_pipeline(models: Sequence[str], ranked_models: Sequence[str]) -> Pipeline:
    """Wires the comparison of some models, and the ranking of all runs that are kept of some.

    Args:
        models: Those compared, whose own pipelines make what it takes.
        ranked_models: Those whose kept runs are ranked.
    """
    names = {(model, artifact): f"{model}_{artifact}" for model in models for artifact in _ARTIFACTS}
    names |= {(model, KEPT_CARDS): f"{model}_{KEPT_CARDS}" for model in ranked_models}

    def of_each(artifact: str) -> dict[str, str]:
        return {model: name for (model, kind), name in names.items() if kind == artifact}

    with warnings.catch_warnings():
        # A node of one namespace takes what others made, which is what comparing means.
        warnings.filterwarnings("ignore", "One or more dataset names contain '.'", UserWarning)
        return _wired(of_each, {name: f"{model}.{artifact}" for (model, artifact), name in names.items()})


def _wired(of_each: Callable[[str], dict[str, str]], inputs: dict[str, str]) -> Pipeline:
    return Pipeline(
        [
            Node(nodes.draw_comparison, of_each("training_previews"), "comparison_grid", name="draw_comparison"),
            Node(nodes.plot_comparison, of_each("training_history"), "comparison_curves", name="plot_comparison"),
            Node(
                nodes.summarise,
                {"claims": "params:claims", **of_each("model_card")},
                "comparison",
                name="summarise",
            ),
            Node(
                nodes.rank_runs,
                # What is compared goes before: the runs of today are ranked too.
                {"leaderboard": "params:leaderboard", "comparison": "comparison", **of_each(KEPT_CARDS)},
                "leaderboard",
                name="rank_runs",
            ),
            Node(nodes.plot_leaderboard, "leaderboard", "leaderboard_chart", name="plot_leaderboard"),
        ],
        namespace="compare",
        inputs=inputs,
    )
