"""Sampling stage: generates images."""

from gan_pipelines.pipelines.sampling.pipeline import create_pipeline

__all__ = ["create_pipeline"]
