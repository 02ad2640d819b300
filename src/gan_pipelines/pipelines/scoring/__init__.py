"""Scoring stage: scores samples and generator snapshots."""

from gan_pipelines.pipelines.scoring.pipeline import create_pipeline

__all__ = ["create_pipeline"]
