"""From generators to samples, and to pictures of the way between them."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.sampling import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.draw_samples,
                ["generator", "params:networks", "params:sampling"],
                "samples",
                name="draw_samples",
            ),
            Node(
                nodes.draw_samples,
                ["untrained_generator", "params:networks", "params:sampling"],
                "untrained_samples",
                name="draw_untrained_samples",
            ),
            Node(
                nodes.draw_interpolation,
                ["generator", "params:networks", "params:sampling", "params:interpolation", "params:grid"],
                "interpolation",
                name="draw_interpolation",
            ),
        ]
    )
