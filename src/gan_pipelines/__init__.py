"""Generative models as Kedro pipelines: one command per model, cached stages, exact resume."""
