"""Translation of pictures that is trained on pairs: all stages."""

from gan_pipelines.pipelines.paired_translation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
