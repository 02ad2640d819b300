"""Image GANs that are compared with a reference: all stages of an image GAN, and the training of the reference."""

from gan_pipelines.pipelines.reference.pipeline import create_pipeline

__all__ = ["create_pipeline"]
