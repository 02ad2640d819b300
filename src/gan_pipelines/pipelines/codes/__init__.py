"""InfoGANs: all stages of an image GAN, code traversals and the score of the categories."""

from gan_pipelines.pipelines.codes.pipeline import create_pipeline

__all__ = ["create_pipeline"]
