from gan_pipelines.incremental.cli import cli, run

__all__ = ["cli", "run"]
