"""From samples and the judgement of reals to scores."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.scoring import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.score_samples,
                [
                    "samples",
                    "untrained_samples",
                    "real_judgements",
                    "metric_network",
                    "metric_network_report",
                    "training_images",
                    "training_history",
                    "params:scoring",
                ],
                "scores",
                name="score_samples",
            )
        ]
    )
