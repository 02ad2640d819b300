"""From samples that were asked to be of a class to scores of that."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.labels import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.score_labels,
                [
                    "samples",
                    "metric_network",
                    "metric_network_report",
                    "training_images",
                    "heldout_images",
                    "params:scoring.metric_network",
                ],
                "label_scores",
                name="score_labels",
            )
        ]
    )
