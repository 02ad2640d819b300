"""Reads images and divides them into training and held-out ones."""

from gan_pipelines.pipelines.ingestion.pipeline import create_pipeline

__all__ = ["create_pipeline"]
