"""Runs only the nodes of a Kedro project that something changed for.

Knows Kedro and nothing of what the nodes do. A project gets it by two lines: in ``settings.py``,
``from gan_pipelines.incremental import IncrementalSession`` with ``SESSION_CLASS = IncrementalSession``; in ``cli.py``,
``from gan_pipelines.incremental.cli import cli, run``.
"""

from gan_pipelines.incremental.session import IncrementalSession

__all__ = ["IncrementalSession"]
