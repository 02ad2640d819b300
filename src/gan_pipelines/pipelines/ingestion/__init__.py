"""Ingestion stage: reads images and splits them into training and held-out images."""

from gan_pipelines.pipelines.ingestion.pipeline import create_pipeline

__all__ = ["create_pipeline"]
