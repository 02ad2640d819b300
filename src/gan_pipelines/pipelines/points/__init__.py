"""GANs of points in the plane: all stages."""

from gan_pipelines.pipelines.points.pipeline import create_pipeline

__all__ = ["create_pipeline"]
