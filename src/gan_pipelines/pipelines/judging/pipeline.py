"""Metric network pipeline: from real images to the trained metric network and their features."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import parameter_inputs
from gan_pipelines.pipelines.judging import nodes
from gan_pipelines.scores.parameters import ClassifierTrainingParameters


def create_pipeline() -> Pipeline:
    """Returns the metric network pipeline."""
    return Pipeline(
        [
            Node(
                nodes.train_metric_network,
                {
                    "training_images": "training_images",
                    "source": "params:images.source",
                    **parameter_inputs("scoring.metric_network", ClassifierTrainingParameters),
                },
                "metric_network",
                name="train_metric_network",
                namespace="judging",
            ),
            Node(
                nodes.extract_real_features,
                [
                    "metric_network",
                    "training_images",
                    "heldout_images",
                    "params:scoring.metric_network.minimum_accuracy",
                    "params:scoring.features",
                ],
                ["real_features", "metric_network_report"],
                name="extract_real_features",
                namespace="judging",
            ),
        ],
        tags=PURE,
    )
