"""Construction pipeline: from the image size to untrained networks."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.construction import nodes
from gan_pipelines.pipelines.inputs import ARCHITECTURE


def create_pipeline() -> Pipeline:
    """Returns the construction pipeline."""
    return Pipeline(
        [
            Node(
                nodes.build_networks,
                {"training_images": "training_images", **ARCHITECTURE},
                ["untrained_generator", "untrained_discriminator"],
                name="build_networks",
                namespace="construction",
            )
        ],
        tags=PURE,
    )
