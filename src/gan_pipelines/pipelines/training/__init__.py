"""Training stage: trains the generator against the discriminator."""

from gan_pipelines.pipelines.training.pipeline import create_pipeline

__all__ = ["create_pipeline"]
