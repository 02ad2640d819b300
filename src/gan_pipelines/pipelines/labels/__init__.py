"""Scores a generator by the classes that it is asked for."""

from gan_pipelines.pipelines.labels.pipeline import create_pipeline

__all__ = ["create_pipeline"]
