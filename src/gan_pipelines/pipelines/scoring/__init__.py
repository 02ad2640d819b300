"""Scores the samples."""

from gan_pipelines.pipelines.scoring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
