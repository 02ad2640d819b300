"""StackGAN: draws small pictures from captions in stage I, and repaints them larger in stage II."""

from gan_pipelines.pipelines.stackgan.pipeline import create_pipeline

__all__ = ["create_pipeline"]
