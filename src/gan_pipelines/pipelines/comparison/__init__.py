"""Comparison of trained models."""

from gan_pipelines.pipelines.comparison.pipeline import create_pipeline

__all__ = ["create_pipeline"]
