"""Shows and scores what the codes of a generator mean."""

from gan_pipelines.pipelines.codes.pipeline import create_pipeline

__all__ = ["create_pipeline"]
