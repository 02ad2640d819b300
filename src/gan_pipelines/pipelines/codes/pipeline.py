"""Pipeline of an image GAN with latent codes (InfoGAN), with code traversals and a score of the categories."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import images
from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.codes import nodes
from gan_pipelines.pipelines.inputs import LATENTS


def create_pipeline() -> Pipeline:
    """Returns the pipeline of an image GAN plus the nodes of the codes."""
    code_nodes = Pipeline(
        [
            Node(
                nodes.score_codes,
                ["samples", "metric_network", "metric_network_report"],
                "code_scores",
                name="score_codes",
                namespace="scoring",
            ),
            Node(
                nodes.draw_code_traversals,
                {
                    "generator": "generator",
                    **LATENTS,
                    "seed": "params:sampling.seed",
                    "truncation": "params:sampling.truncation",
                    "columns": "params:grid.columns",
                    "margin": "params:grid.margin",
                },
                "code_traversals",
                name="draw_code_traversals",
                namespace="sampling",
            ),
        ],
        tags=PURE,
    )
    return images.create_pipeline(["code_scores"]) + code_nodes
