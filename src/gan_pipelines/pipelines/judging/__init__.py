"""Metric network stage: trains the metric network and extracts features of real images."""

from gan_pipelines.pipelines.judging.pipeline import create_pipeline

__all__ = ["create_pipeline"]
