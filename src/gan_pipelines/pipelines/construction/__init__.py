"""Construction stage: builds the untrained networks."""

from gan_pipelines.pipelines.construction.pipeline import create_pipeline

__all__ = ["create_pipeline"]
