"""Couples two domains of images, and scores pairs of them."""

from gan_pipelines.pipelines.coupling.pipeline import create_pipeline

__all__ = ["create_pipeline"]
