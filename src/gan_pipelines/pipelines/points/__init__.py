"""A GAN that draws points of a plane, from the points to the model card."""

from gan_pipelines.pipelines.points.pipeline import create_pipeline

__all__ = ["create_pipeline"]
