"""From real images to a metric network and what it says of them."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import fields_of
from gan_pipelines.pipelines.judging import nodes
from gan_pipelines.scores.parameters import ClassifierTrainingParameters


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.train_metric_network,
                {
                    "training_images": "training_images",
                    "source": "params:images.source",
                    **fields_of("scoring.metric_network", ClassifierTrainingParameters),
                },
                "metric_network",
                name="train_metric_network",
                namespace="judging",
            ),
            Node(
                nodes.judge_reals,
                [
                    "metric_network",
                    "training_images",
                    "heldout_images",
                    "params:scoring.metric_network.accuracy_floor",
                    "params:scoring.features",
                ],
                ["real_judgements", "metric_network_report"],
                name="judge_reals",
                namespace="judging",
            ),
        ],
        tags=PURE,
    )
