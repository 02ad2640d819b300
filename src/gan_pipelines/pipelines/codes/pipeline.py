"""From a generator with codes and its samples to a picture and a score of what the codes mean."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.codes import nodes


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    return Pipeline(
        [
            Node(
                nodes.score_codes,
                ["samples", "metric_network", "metric_network_report"],
                "code_scores",
                name="score_codes",
            ),
            Node(
                nodes.draw_code_traversals,
                ["generator", "params:networks", "params:sampling", "params:grid"],
                "code_traversals",
                name="draw_code_traversals",
            ),
        ]
    )
