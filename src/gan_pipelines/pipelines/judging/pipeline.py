"""From real images to a metric network and what it says of them."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.judging import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.train_metric_network,
                ["training_images", "params:images", "params:scoring.metric_network"],
                "metric_network",
                name="train_metric_network",
            ),
            Node(
                nodes.judge_reals,
                [
                    "metric_network",
                    "training_images",
                    "heldout_images",
                    "params:scoring.metric_network",
                    "params:scoring.features",
                ],
                ["real_judgements", "metric_network_report"],
                name="judge_reals",
            ),
        ]
    )
