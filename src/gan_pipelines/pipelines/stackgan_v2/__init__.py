"""StackGAN++: one generator draws pictures of several sizes from captions, each with a discriminator."""

from gan_pipelines.pipelines.stackgan_v2.pipeline import create_pipeline

__all__ = ["create_pipeline"]
