"""From samples, generators of the training and the judgement of reals to scores."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.sampling.nodes import draw_samples
from gan_pipelines.pipelines.scoring import nodes

_JUDGED = ["untrained_samples", "real_judgements", "metric_network", "metric_network_report", "training_images"]
"""What samples are scored with, whichever generator drew them."""


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.score_snapshots,
                [
                    "generator",
                    "generator_snapshots",
                    "metric_network",
                    "metric_network_report",
                    "real_judgements",
                    "params:networks",
                    "params:scoring",
                ],
                ["snapshot_scores", "best_generator"],
                name="score_snapshots",
            ),
            Node(
                draw_samples,
                ["best_generator", "params:networks", "params:sampling"],
                "best_samples",
                name="draw_best_samples",
            ),
            Node(
                nodes.score_images,
                ["best_samples", *_JUDGED, "params:scoring"],
                "best_scores",
                name="score_best_samples",
            ),
            Node(
                nodes.score_samples,
                ["samples", *_JUDGED, "training_history", "params:scoring"],
                "scores",
                name="score_samples",
            ),
        ]
    )
