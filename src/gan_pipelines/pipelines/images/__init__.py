"""Every stage of a GAN that draws images."""

from gan_pipelines.pipelines.images.pipeline import create_pipeline

__all__ = ["create_pipeline"]
