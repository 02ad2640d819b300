"""Image GANs: all stages."""

from gan_pipelines.pipelines.images.pipeline import create_pipeline

__all__ = ["create_pipeline"]
