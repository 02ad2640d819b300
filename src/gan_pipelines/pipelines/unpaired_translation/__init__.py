"""Translation between two domains of pictures without pairs: all stages."""

from gan_pipelines.pipelines.unpaired_translation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
