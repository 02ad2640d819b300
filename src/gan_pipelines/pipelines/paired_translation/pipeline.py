"""Pipeline of a translator that is trained on pairs: from pairs to a trained and scored generator."""

from collections.abc import Callable
from typing import Any

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import judging
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.ingestion.nodes import split_images
from gan_pipelines.pipelines.inputs import parameter_inputs, same_names
from gan_pipelines.pipelines.paired_translation import card, nodes
from gan_pipelines.pipelines.reporting import nodes as reports
from gan_pipelines.scores.parameters import TranslationScoringParameters

SCORING = {
    name: parameter
    for name, parameter in parameter_inputs("scoring", TranslationScoringParameters).items()
    if name != "metric_network"
}
"""Inputs of nodes that score translations."""


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    baselines = Node(
        nodes.draw_baselines,
        ["training_images", "heldout_images"],
        "baselines",
        name="draw_baselines",
        namespace="scoring",
    )
    pure = [*ingestion(nodes.read_pairs), construction(), *sampling(), baselines, *scoring(), *pictures()]
    return (
        Pipeline(pure, tags=PURE)
        + training("untrained_generator")
        + judging.create_pipeline()
        + Pipeline([model_card()])
    )


def ingestion(read: Callable[..., Any]) -> list[Node]:
    """Returns the nodes that read the pairs and split them."""
    return [
        Node(read, "params:images", ["raw_images", "ingestion_report"], name="read_images", namespace="ingestion"),
        Node(
            split_images,
            ["raw_images", "params:images.heldout_fraction", "params:images.seed"],
            ["training_images", "heldout_images", "split_report"],
            name="split_images",
            namespace="ingestion",
        ),
    ]


def construction(build: Callable[..., Any] = nodes.build_networks) -> Node:
    """Returns the node that builds the untrained networks."""
    return Node(
        build,
        ["training_images", "params:networks.generator", "params:networks.discriminator", "params:training.seed"],
        ["untrained_generator", "untrained_discriminator"],
        name="build_networks",
        namespace="construction",
    )


def training(generator: str) -> Pipeline:
    """Returns the training stage, which starts from this generator."""
    train = Node(
        nodes.train_translator,
        [
            generator,
            "untrained_discriminator",
            "training_images",
            "heldout_images",
            "checkpoints",
            "params:networks.generator",
            "params:training",
        ],
        ["generator", "discriminator", "training_history", "training_previews", "training_record"],
        name="train_translator",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )
    return Pipeline([train])


def sampling() -> list[Node]:
    """Returns the nodes that translate the held-out sources."""
    return [
        Node(
            nodes.translate_images,
            ["generator", "heldout_images"],
            "samples",
            name="translate_images",
            namespace="sampling",
        )
    ]


def scoring() -> list[Node]:
    """Returns the nodes that score translations and draw them beside the baselines."""
    return [
        Node(
            nodes.score_translations,
            {
                **same_names("samples", "baselines", "heldout_images"),
                **same_names("metric_network", "metric_network_report", "real_features"),
                **SCORING,
            },
            "scores",
            name="score_translations",
            namespace="scoring",
        ),
        Node(
            nodes.score_previews,
            ["training_previews", "baselines"],
            "preview_scores",
            name="score_previews",
            namespace="scoring",
        ),
        Node(
            nodes.draw_sheet,
            ["samples", "baselines", "heldout_images", "params:grid.rows"],
            "sample_grid",
            name="draw_sample_grid",
            namespace="reporting",
        ),
    ]


def pictures() -> list[Node]:
    """Returns the nodes that draw the course of the training."""
    return [
        Node(
            reports.animate_training,
            ["training_previews", "params:grid.margin"],
            "training_animation",
            name="animate_training",
            namespace="reporting",
        ),
        Node(
            reports.draw_stages,
            ["training_previews", "params:grid.margin"],
            "training_stages",
            name="draw_stages",
            namespace="reporting",
        ),
        Node(nodes.plot_scores, "preview_scores", "score_curves", name="plot_scores", namespace="reporting"),
        Node(reports.plot_losses, "training_history", "loss_curves", name="plot_losses", namespace="reporting"),
    ]


def model_card(*further: str) -> Node:
    """Returns the node that writes the model card; ``further`` are names of other networks in it."""
    return Node(
        card.write_model_card,
        {
            **same_names("generator", "discriminator", "untrained_generator", "ingestion_report", "split_report"),
            **same_names("training_record", "scores", *further),
            **{name: f"params:{name}" for name in ("networks", "training", "claims")},
        },
        "model_card",
        name="write_model_card",
        namespace="reporting",
    )
