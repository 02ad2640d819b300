"""Incremental runs of Kedro projects: a node runs only if its result could differ from the stored one.

To enable: ``from gan_pipelines.incremental import IncrementalSession`` and ``SESSION_CLASS = IncrementalSession`` in
``settings.py``; ``from gan_pipelines.incremental.cli import cli, run`` in ``cli.py``.
"""

from gan_pipelines.incremental.observation import install

install()  # before other imports: files that modules read at import are dependencies, too

from gan_pipelines.incremental.session import IncrementalSession  # noqa: E402

__all__ = ["IncrementalSession"]
