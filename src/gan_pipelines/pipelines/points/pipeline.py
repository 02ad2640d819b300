"""Pipeline of a GAN of points in the plane: from points to a trained and scored generator."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.inputs import ARCHITECTURE, LATENTS
from gan_pipelines.pipelines.points import nodes
from gan_pipelines.pipelines.reporting.nodes import plot_losses


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [*_ingestion_and_construction(), *_sampling(), *_reporting()]
    return Pipeline(pure, tags=PURE) + Pipeline([_training(), _model_card()])


def _ingestion_and_construction() -> list[Node]:
    return [
        Node(
            nodes.read_points,
            "params:points",
            ["training_points", "heldout_points", "points_report"],
            name="read_points",
            namespace="ingestion",
        ),
        Node(
            nodes.build_networks,
            {"training_points": "training_points", **ARCHITECTURE},
            ["untrained_generator", "untrained_discriminator"],
            name="build_networks",
            namespace="construction",
        ),
    ]


def _training() -> Node:
    return Node(
        nodes.train_gan,
        [
            "untrained_generator",
            "untrained_discriminator",
            "training_points",
            "checkpoints",
            "params:networks",
            "params:training",
        ],
        ["generator", "discriminator", "training_history", "training_previews", "training_record"],
        name="train_gan",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )


def _sampling() -> list[Node]:
    return [
        Node(
            nodes.draw_samples,
            {"generator": f"{prefix}generator", **LATENTS, "sampling": "params:sampling"},
            f"{prefix}samples",
            name=f"draw_{prefix}samples",
            namespace="sampling",
        )
        for prefix in ("", "untrained_")
    ]


def _reporting() -> list[Node]:
    return [
        Node(
            nodes.score_samples,
            [
                "samples",
                "untrained_samples",
                "training_points",
                "heldout_points",
                "discriminator",
                "training_previews",
                "params:points.source",
                "params:scoring.seed",
            ],
            "scores",
            name="score_samples",
            namespace="scoring",
        ),
        Node(
            nodes.draw_scatter,
            ["samples", "heldout_points"],
            "sample_scatter",
            name="draw_scatter",
            namespace="reporting",
        ),
        Node(
            nodes.draw_stages,
            ["training_previews", "heldout_points"],
            "training_stages",
            name="draw_stages",
            namespace="reporting",
        ),
        Node(
            nodes.animate_training,
            ["training_previews", "heldout_points"],
            "training_animation",
            name="animate_training",
            namespace="reporting",
        ),
        Node(plot_losses, "training_history", "loss_curves", name="plot_losses", namespace="reporting"),
    ]


def _model_card() -> Node:
    return Node(
        nodes.write_model_card,
        [
            "generator",
            "discriminator",
            "points_report",
            "training_record",
            "scores",
            "params:networks",
            "params:training",
            "params:claims",
        ],
        "model_card",
        name="write_model_card",
        namespace="reporting",
    )
