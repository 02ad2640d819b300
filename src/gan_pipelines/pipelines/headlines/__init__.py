"""Language models of headlines: all stages."""

from gan_pipelines.pipelines.headlines.pipeline import create_pipeline

__all__ = ["create_pipeline"]
