"""Kedro session and runners that decide before each node whether it runs."""

import copy
import logging
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import connection
from pathlib import Path
from typing import Any

from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
from kedro.framework.project import settings
from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.runner import AbstractRunner, ParallelRunner, SequentialRunner, Task, ThreadRunner

from gan_pipelines.incremental.decider import Decider
from gan_pipelines.incremental.dependencies import Dependencies, HookManager
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.observation import Observed, observed
from gan_pipelines.incremental.options import LOGGER, OPTIONS, is_switched_off
from gan_pipelines.incremental.planning import PlanningRunner
from gan_pipelines.incremental.project import Project
from gan_pipelines.incremental.run import Run, running

logger = logging.getLogger(LOGGER)


def _execute(task: Task, nodes: list[Node]) -> list[Observed]:
    """Runs nodes with the settings of a task, in order, and returns the observations of each."""
    found = []
    for node in nodes:
        each = copy.copy(task)
        each.node = node
        with observed() as observations:
            each.execute()
        found.append(observations)
    return found


class _IncrementalRunner(AbstractRunner):
    """Base of the three runners."""

    project: Project
    loaded: LoadedCode
    incremental: Run

    def _run(self, pipeline: Pipeline, catalog: CatalogProtocol, hook_manager: HookManager, run_id: str | None) -> None:
        dependencies = Dependencies(self.project, pipeline, catalog, hook_manager, self.loaded)
        if isinstance(self, ParallelRunner):
            dependencies.expect_workers()
        with running(Decider(dependencies, OPTIONS.get(), run_id or "")) as run:
            self.incremental = run
            self._run_nodes(pipeline, catalog, hook_manager, run_id)

    def _run_nodes(self, *arguments: Any) -> None:  # noqa: ANN401  those of `_run`
        super()._run(*arguments)

    def _release_datasets(self, node: Node, *arguments: object) -> None:
        """Releases a node's datasets, unless a skipped node may still have to run."""
        if not self.incremental.is_deferred(node):
            super()._release_datasets(node, *arguments)


class IncrementalSequentialRunner(_IncrementalRunner, SequentialRunner):
    """Runs nodes one after another."""

    def _run_nodes(
        self, pipeline: Pipeline, catalog: CatalogProtocol, hook_manager: HookManager, run_id: str | None
    ) -> None:
        load_counts = Counter(name for node in pipeline.nodes for name in node.inputs)
        done: list[Node] = []
        for node in pipeline.nodes:
            task = Task(node, catalog, self._is_async, hook_manager, run_id)
            try:
                for each in self.incremental.decide(node):
                    self.incremental.finish([each], partial(_execute, task, [each]))
            except Exception:
                self._suggest_resume_scenario(pipeline, done, catalog)
                raise
            done.append(node)
            self._release_datasets(node, catalog, load_counts, pipeline)


class _Queue:
    """Submits nodes to a pool if they have to run; decides and records in the main process."""

    def __init__(self, run: Run, pool: Executor) -> None:
        self._run = run
        self._submit: Callable[..., Future[list[Observed]]] = pool.submit
        self._lock = threading.RLock()
        self._outcomes: dict[str, Future[Node]] = {}

    def put(self, task: Task) -> "Future[Node]":
        """Returns a future that is done when the node is up to date or recorded."""
        outcome: Future[Node] = Future()
        self._decide(task, outcome)
        return outcome

    def _decide(self, task: Task, outcome: "Future[Node]", maker: "Future[Node] | None" = None) -> None:
        """Runs a node if it has to run, after the running makers of its in-memory inputs."""
        try:
            if maker is not None:
                maker.result()
            with self._lock:
                makers = [self._outcomes.get(each.name) for each in self._run.makers(task.node)]
                awaited = next((each for each in makers if each is not None and not each.done()), None)
                if awaited is not None:
                    awaited.add_done_callback(partial(self._decide, task, outcome))
                elif nodes := self._run.decide(task.node):
                    self._outcomes |= dict.fromkeys((node.name for node in nodes), outcome)
                    self._submit(_execute, task, nodes).add_done_callback(partial(self._finish, nodes, outcome))
                else:
                    outcome.set_result(task.node)
        except BaseException as error:  # noqa: BLE001  without an outcome the run would wait forever
            outcome.set_exception(error)

    def _finish(self, nodes: list[Node], outcome: "Future[Node]", executed: "Future[list[Observed]]") -> None:
        try:
            self._run.finish(nodes, executed.result)
            outcome.set_result(nodes[-1])
        except BaseException as error:  # noqa: BLE001  as above
            outcome.set_exception(error)


def _with_decisions(pool: Executor, run: Run) -> Executor:
    pool.submit = _Queue(run, pool).put  # type: ignore[method-assign, assignment]
    return pool


class IncrementalThreadRunner(_IncrementalRunner, ThreadRunner):
    """Runs nodes in threads."""

    def _get_executor(self, max_workers: int) -> Executor:
        return _with_decisions(ThreadPoolExecutor(max_workers), self.incremental)


class IncrementalParallelRunner(_IncrementalRunner, ParallelRunner):
    """Runs nodes in processes."""

    def _get_executor(self, max_workers: int) -> Executor:
        method = os.environ.get("KEDRO_MP_CONTEXT")
        context = multiprocessing.get_context(method if method in multiprocessing.get_all_start_methods() else None)
        return _with_decisions(ProcessPoolExecutor(max_workers, context, _exit_with_parent), self.incremental)


def _exit_with_parent() -> None:
    """Ends a worker when its parent process dies, because its outputs would not be recorded."""

    def exit_after(sentinel: int) -> None:
        connection.wait([sentinel])
        os._exit(1)

    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=exit_after, args=(parent.sentinel,), daemon=True).start()


_INCREMENTAL_RUNNERS: dict[type[AbstractRunner], type[_IncrementalRunner]] = {
    SequentialRunner: IncrementalSequentialRunner,
    ThreadRunner: IncrementalThreadRunner,
    ParallelRunner: IncrementalParallelRunner,
}


class IncrementalSession(KedroSession):
    """Kedro session with incremental runs; set as ``SESSION_CLASS`` in ``settings.py``."""

    _project_path: Path

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._project = Project(self._project_path)
        self._loaded = LoadedCode(self._project)

    def run(
        self,
        *arguments: object,
        runner: AbstractRunner | None = None,
        only_missing_outputs: bool = False,
        **options: object,
    ) -> Any:  # noqa: ANN401  what Kedro's own session returns
        """Runs a pipeline without the nodes that are up to date or restorable.

        A runner other than Kedro's three runs every node. `only_missing_outputs` is ignored.
        """
        if isinstance(runner, PlanningRunner):
            # Only the project's hooks, which may complete the catalog: plugins may write when a run starts.
            self._hook_manager = _create_hook_manager()
            _register_hooks(self._hook_manager, settings.HOOKS)
            return super().run(*arguments, runner=runner, **options)
        if is_switched_off():
            return super().run(*arguments, runner=runner, only_missing_outputs=only_missing_outputs, **options)
        if only_missing_outputs:
            logger.warning("--only-missing-outputs is ignored: missing and damaged outputs are always made.")
        runner = runner or SequentialRunner()
        kind = _INCREMENTAL_RUNNERS.get(type(runner))
        if kind is None:
            logger.warning("Every node runs: %s does not support incremental runs.", type(runner).__name__)
            return super().run(*arguments, runner=runner, **options)
        incremental_runner = kind.__new__(kind)  # a constructor would start another manager process
        incremental_runner.__dict__.update(vars(runner), project=self._project, loaded=self._loaded)
        try:
            return super().run(*arguments, runner=incremental_runner, **options)
        finally:
            if summary := str(getattr(incremental_runner, "incremental", "")):
                logger.info("%s", summary)
