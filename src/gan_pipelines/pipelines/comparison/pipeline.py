"""From the results of several models to pictures and tables of all of them."""

import warnings
from collections.abc import Callable, Sequence

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.comparison import nodes

_ARTIFACTS = ("training_previews", "training_history", "model_card")


def create_pipeline(models: Sequence[str]) -> Pipeline:
    """Wires the comparison of these models, whose own pipelines make what it takes."""
    names = {(model, artifact): f"{model}_{artifact}" for model in models for artifact in _ARTIFACTS}

    def of_each(artifact: str) -> dict[str, str]:
        return {model: names[model, artifact] for model in models}

    with warnings.catch_warnings():
        # A node of one namespace takes what others made, which is what comparing means.
        warnings.filterwarnings("ignore", "One or more dataset names contain '.'", UserWarning)
        return _wired(of_each, {name: f"{model}.{artifact}" for (model, artifact), name in names.items()})


def _wired(of_each: Callable[[str], dict[str, str]], inputs: dict[str, str]) -> Pipeline:
    return Pipeline(
        [
            Node(nodes.draw_comparison, of_each("training_previews"), "comparison_grid", name="draw_comparison"),
            Node(nodes.plot_comparison, of_each("training_history"), "comparison_curves", name="plot_comparison"),
            Node(nodes.tabulate, of_each("model_card"), "comparison_table", name="tabulate"),
            Node(
                nodes.summarise,
                {"claims": "params:claims", **of_each("model_card")},
                "comparison",
                name="summarise",
            ),
        ],
        namespace="compare",
        inputs=inputs,
    )
