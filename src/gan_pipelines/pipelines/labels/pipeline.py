"""A GAN of images that is asked for classes, with scores of how well it draws them."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import images
from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import fields_of, named
from gan_pipelines.pipelines.labels import nodes
from gan_pipelines.scores.parameters import ClassifierTrainingParameters


def create_pipeline() -> Pipeline:
    """Wires every stage, and the scores of its own."""
    scores = Pipeline(
        [
            Node(
                nodes.score_labels,
                {
                    **named("samples", "metric_network", "metric_network_report"),
                    **named("training_images", "heldout_images"),
                    **fields_of("scoring.metric_network", ClassifierTrainingParameters),
                },
                "label_scores",
                name="score_labels",
                namespace="scoring",
            )
        ],
        tags=PURE,
    )
    return images.create_pipeline(["label_scores"]) + scores
