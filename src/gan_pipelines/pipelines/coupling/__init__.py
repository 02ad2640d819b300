"""Coupled GANs: all stages for pairs of images from two domains, and the scores of the pairs."""

from gan_pipelines.pipelines.coupling.pipeline import create_pipeline

__all__ = ["create_pipeline"]
