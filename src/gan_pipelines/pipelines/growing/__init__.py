"""Image GANs that grow while they are trained, compared with a reference that does not."""

from gan_pipelines.pipelines.growing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
