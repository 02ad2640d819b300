"""Conditional GANs: all stages of an image GAN and the scores of class conditioning."""

from gan_pipelines.pipelines.labels.pipeline import create_pipeline

__all__ = ["create_pipeline"]
