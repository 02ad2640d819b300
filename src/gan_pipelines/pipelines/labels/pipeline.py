"""Pipeline of a class-conditional image GAN, with scores of its conditioning."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import images
from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import parameter_inputs, same_names
from gan_pipelines.pipelines.labels import nodes
from gan_pipelines.scores.parameters import ClassifierTrainingParameters


def create_pipeline() -> Pipeline:
    """Returns the pipeline of an image GAN plus the label scores."""
    scores = Pipeline(
        [
            Node(
                nodes.score_labels,
                {
                    **same_names("samples", "metric_network", "metric_network_report"),
                    **same_names("training_images", "heldout_images"),
                    **parameter_inputs("scoring.metric_network", ClassifierTrainingParameters),
                },
                "label_scores",
                name="score_labels",
                namespace="scoring",
            )
        ],
        tags=PURE,
    )
    return images.create_pipeline(["label_scores"]) + scores
