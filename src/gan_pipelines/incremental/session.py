"""A Kedro session that runs only what changed."""

import logging
from pathlib import Path
from typing import Any

from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
from kedro.framework.project import settings
from kedro.framework.session import KedroSession
from kedro.runner import AbstractRunner, SequentialRunner

from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.options import LOGGER, OPTIONS, is_switched_off
from gan_pipelines.incremental.planning import PlanningRunner
from gan_pipelines.incremental.project_files import source_roots
from gan_pipelines.incremental.runners import incremental_twin

logger = logging.getLogger(LOGGER)

_Base: Any = object  # a mixin has no base of its own; Kedro's session comes behind it


class IncrementalMixin(_Base):
    """What makes a session of Kedro's incremental; it stands before that session's class."""

    _project_path: Path
    _hook_manager: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  whatever Kedro's own session takes
        super().__init__(*arguments, **options)
        self._loaded = LoadedCode(source_roots(self._project_path))

    def run(
        self,
        pipeline_name: str | None = None,
        *arguments: Any,  # noqa: ANN401  whatever Kedro's own session takes
        runner: AbstractRunner | None = None,
        only_missing_outputs: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401  what Kedro's own session returns
        """Runs a pipeline like Kedro's own session, but for the nodes whose results are there.

        Args:
            pipeline_name: As Kedro takes it.
            arguments: As Kedro takes them.
            runner: One of Kedro's three runners; one of another class runs every node.
            only_missing_outputs: Of no use here: a missing output is a reason to run.
            options: As Kedro takes them.
        """
        arguments = (pipeline_name, *arguments)
        asked = OPTIONS.get()
        if isinstance(runner, PlanningRunner):
            self._hook_manager = _project_hooks()
            return super().run(*arguments, runner=runner, **options)
        if is_switched_off():
            return super().run(*arguments, runner=runner, only_missing_outputs=only_missing_outputs, **options)
        if only_missing_outputs:
            logger.warning("--only-missing-outputs is left out: missing outputs are made anyway, and damaged ones too.")
        twin = incremental_twin(runner or SequentialRunner(), self._project_path, asked, self._loaded)
        if twin is None:
            logger.warning("Every node runs: %s is none of Kedro's own runners.", type(runner).__name__)
            return super().run(*arguments, runner=runner, **options)
        try:
            return super().run(*arguments, runner=twin, **options)
        finally:
            if twin.account.has_begun:
                logger.info("%s", twin.account)


def _project_hooks() -> Any:  # noqa: ANN401  pluggy's manager
    """Returns the hooks of the project itself, which may complete the catalog; plugins may write when a run begins."""
    manager = _create_hook_manager()
    _register_hooks(manager, settings.HOOKS)
    return manager


class IncrementalSession(IncrementalMixin, KedroSession):
    """Runs only what changed: ``SESSION_CLASS = IncrementalSession`` in a project's ``settings.py``."""
