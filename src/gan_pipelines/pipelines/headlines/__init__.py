"""A language model that writes headlines, from CSV files to the model card."""

from gan_pipelines.pipelines.headlines.pipeline import create_pipeline

__all__ = ["create_pipeline"]
