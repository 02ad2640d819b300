"""Reporting pipeline: from results to pictures, curves and the model card."""

from collections.abc import Sequence

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.reporting import nodes


def create_pipeline(further_scores: Sequence[str] = ()) -> Pipeline:
    """Returns the reporting pipeline.

    Args:
        further_scores: Catalog names of score reports that only this model has; added to its card.
    """
    return _views() + _card(further_scores)


def _views() -> Pipeline:
    return Pipeline(
        [
            Node(
                nodes.draw_sample_grid,
                ["samples", "params:grid"],
                "sample_grid",
                name="draw_sample_grid",
                namespace="reporting",
            ),
            Node(
                nodes.animate_training,
                ["training_previews", "params:grid.margin"],
                "training_animation",
                name="animate_training",
                namespace="reporting",
            ),
            Node(
                nodes.draw_stages,
                ["training_previews", "params:grid.margin"],
                "training_stages",
                name="draw_stages",
                namespace="reporting",
            ),
            Node(
                nodes.draw_nearest_images,
                [
                    "samples",
                    "metric_network",
                    "real_features",
                    "training_images",
                    "params:scoring.features",
                    "params:grid.margin",
                ],
                "nearest_images",
                name="draw_nearest_images",
                namespace="reporting",
            ),
            Node(nodes.plot_losses, "training_history", "loss_curves", name="plot_losses", namespace="reporting"),
            Node(nodes.plot_scores, "snapshot_scores", "score_curves", name="plot_scores", namespace="reporting"),
        ],
        tags=PURE,
    )


def _card(further_scores: Sequence[str]) -> Pipeline:
    return Pipeline(
        [
            Node(
                nodes.write_model_card,
                [
                    "generator",
                    "discriminator",
                    "ingestion_report",
                    "split_report",
                    "training_record",
                    "scores",
                    "best_scores",
                    "snapshot_scores",
                    "params:networks",
                    "params:training",
                    "params:claims",
                    *further_scores,
                ],
                "model_card",
                name="write_model_card",
                namespace="reporting",
            ),
        ]
    )
