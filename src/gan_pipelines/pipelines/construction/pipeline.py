"""From the size of the images to untrained networks."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.construction import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.build_networks,
                ["training_images", "params:networks", "params:training"],
                ["untrained_generator", "untrained_discriminator"],
                name="build_networks",
            )
        ]
    )
