"""Super-resolution: all stages of a paired translation, and a generator that is trained alone first."""

from gan_pipelines.pipelines.super_resolution.pipeline import create_pipeline

__all__ = ["create_pipeline"]
