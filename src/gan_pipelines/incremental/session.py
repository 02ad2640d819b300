"""A Kedro session that runs only what changed, and its runners: Kedro's, with a decision before each node."""

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
    """Runs nodes in place of a task's own, one after another, and returns what happened in each."""
    found = []
    for node in nodes:
        each = copy.copy(task)
        each.node = node
        with observed() as happened:
            each.execute()
        found.append(happened)
    return found


class _IncrementalRunner(AbstractRunner):
    """What the three runners share."""

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
        """Keeps what a node reads from memory if it may still have to run."""
        if not self.incremental.is_deferred(node):
            super()._release_datasets(node, *arguments)


class IncrementalSequentialRunner(_IncrementalRunner, SequentialRunner):
    """Runs node after node."""

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
    """Hands nodes to a pool if they have to run; decides and remembers in the process that the pool belongs to."""

    def __init__(self, run: Run, pool: Executor) -> None:
        self._run = run
        self._submit: Callable[..., Future[list[Observed]]] = pool.submit
        self._lock = threading.RLock()
        self._outcomes: dict[str, Future[Node]] = {}

    def put(self, task: Task) -> "Future[Node]":
        """Returns what is done when the node is up to date, or its outcome is remembered."""
        outcome: Future[Node] = Future()
        self._decide(task, outcome)
        return outcome

    def _decide(self, task: Task, outcome: "Future[Node]", maker: "Future[Node] | None" = None) -> None:
        """Runs a node if it has to run; later, if another one is on the way that makes data in memory for it."""
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
        except BaseException as error:  # noqa: BLE001  an outcome that never comes would stop the run for ever
            outcome.set_exception(error)

    def _finish(self, nodes: list[Node], outcome: "Future[Node]", executed: "Future[list[Observed]]") -> None:
        try:
            self._run.finish(nodes, executed.result)
            outcome.set_result(nodes[-1])
        except BaseException as error:  # noqa: BLE001  as above
            outcome.set_exception(error)


def _deciding(pool: Executor, run: Run) -> Executor:
    pool.submit = _Queue(run, pool).put  # type: ignore[method-assign, assignment]
    return pool


class IncrementalThreadRunner(_IncrementalRunner, ThreadRunner):
    """Runs nodes in threads."""

    def _get_executor(self, max_workers: int) -> Executor:
        return _deciding(ThreadPoolExecutor(max_workers), self.incremental)


class IncrementalParallelRunner(_IncrementalRunner, ParallelRunner):
    """Runs nodes in processes."""

    def _get_executor(self, max_workers: int) -> Executor:
        asked = os.environ.get("KEDRO_MP_CONTEXT")
        context = multiprocessing.get_context(asked if asked in multiprocessing.get_all_start_methods() else None)
        return _deciding(ProcessPoolExecutor(max_workers, context, _end_with_the_parent), self.incremental)


def _end_with_the_parent() -> None:
    """Lets a worker end when the first process was killed; it would write outputs that nobody remembers."""

    def end_after(sentinel: int) -> None:
        connection.wait([sentinel])
        os._exit(1)

    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=end_after, args=(parent.sentinel,), daemon=True).start()


_TWINS: dict[type[AbstractRunner], type[_IncrementalRunner]] = {
    SequentialRunner: IncrementalSequentialRunner,
    ThreadRunner: IncrementalThreadRunner,
    ParallelRunner: IncrementalParallelRunner,
}


class IncrementalSession(KedroSession):
    """Runs only what changed: ``SESSION_CLASS = IncrementalSession`` in a project's ``settings.py``."""

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
        """Runs a pipeline like Kedro's own session, but for the nodes whose results are there.

        A runner that is none of Kedro's three runs every node; a missing output is a reason to run anyway.
        """
        if isinstance(runner, PlanningRunner):
            # The hooks of the project itself may complete the catalog; plugins may write when a run begins.
            self._hook_manager = _create_hook_manager()
            _register_hooks(self._hook_manager, settings.HOOKS)
            return super().run(*arguments, runner=runner, **options)
        if is_switched_off():
            return super().run(*arguments, runner=runner, only_missing_outputs=only_missing_outputs, **options)
        if only_missing_outputs:
            logger.warning("--only-missing-outputs is left out: missing outputs are made anyway, and damaged ones too.")
        runner = runner or SequentialRunner()
        kind = _TWINS.get(type(runner))
        if kind is None:
            logger.warning("Every node runs: %s is none of Kedro's own runners.", type(runner).__name__)
            return super().run(*arguments, runner=runner, **options)
        twin = kind.__new__(kind)  # with the runner's own state: the constructor would start another process
        twin.__dict__.update(vars(runner), project=self._project, loaded=self._loaded)
        try:
            return super().run(*arguments, runner=twin, **options)
        finally:
            if account := str(getattr(twin, "incremental", "")):
                logger.info("%s", account)
