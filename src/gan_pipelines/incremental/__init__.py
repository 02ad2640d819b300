"""Runs only the nodes of a Kedro project that something changed for; knows nothing of what the nodes do.

A project gets it by two lines: in ``settings.py``,
``from gan_pipelines.incremental import IncrementalSession`` with ``SESSION_CLASS = IncrementalSession``; in ``cli.py``,
``from gan_pipelines.incremental.cli import cli, run``.
"""

from gan_pipelines.incremental.observation import install

install()  # what modules read when they are imported counts, so this comes as early as a project lets it

from gan_pipelines.incremental.session import IncrementalSession  # noqa: E402

__all__ = ["IncrementalSession"]
