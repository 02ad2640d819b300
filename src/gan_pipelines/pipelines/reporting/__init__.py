"""Reporting stage: pictures, curves and the model card."""

from gan_pipelines.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
