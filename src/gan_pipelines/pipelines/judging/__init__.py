"""Trains the metric network and lets it look at the real images."""

from gan_pipelines.pipelines.judging.pipeline import create_pipeline

__all__ = ["create_pipeline"]
