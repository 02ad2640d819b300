"""Sampling pipeline: from generators to samples and latent interpolations."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import LATENTS
from gan_pipelines.pipelines.sampling import nodes


def create_pipeline() -> Pipeline:
    """Returns the sampling pipeline."""
    return Pipeline(
        [
            Node(
                nodes.draw_samples,
                {"generator": "generator", **LATENTS, "sampling": "params:sampling"},
                "samples",
                name="draw_samples",
                namespace="sampling",
            ),
            Node(
                nodes.draw_samples,
                {"generator": "untrained_generator", **LATENTS, "sampling": "params:sampling"},
                "untrained_samples",
                name="draw_untrained_samples",
                namespace="sampling",
            ),
            Node(
                nodes.draw_interpolation,
                {
                    "generator": "generator",
                    **LATENTS,
                    "seed": "params:sampling.seed",
                    "truncation": "params:sampling.truncation",
                    "interpolation": "params:interpolation",
                    "margin": "params:grid.margin",
                },
                "interpolation",
                name="draw_interpolation",
                namespace="sampling",
            ),
        ],
        tags=PURE,
    )
