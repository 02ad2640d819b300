"""Kedro's runners, with a gate before each node."""

import copy
import logging
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import chain
from multiprocessing import connection
from pathlib import Path
from typing import Any

from kedro.framework.hooks.manager import _NullPluginManager
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.runner import AbstractRunner, ParallelRunner, SequentialRunner, Task, ThreadRunner

from gan_pipelines.incremental.dependencies import loading_hooks
from gan_pipelines.incremental.gate import Account, Gate
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.observation import Reads, observed
from gan_pipelines.incremental.options import Options
from gan_pipelines.incremental.workplace import Workplace

logger = logging.getLogger(__name__)


class ObservedTasks:
    """Tasks that run one after another in one worker.

    Args:
        tasks: Kedro's, first to last.
    """

    def __init__(self, tasks: list[Task]) -> None:
        self._tasks = tasks

    def __call__(self) -> list[Reads]:
        """Runs the tasks and returns what each read."""
        found = []
        for task in self._tasks:
            with observed() as reads:
                task.execute()
            found.append(reads)
        return found


class _IncrementalRunner(AbstractRunner):
    """What the three runners share."""

    project: Path
    options: Options
    loaded: LoadedCode
    account: Account
    _gate: Gate

    def _run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: Any = None,  # noqa: ANN401  pluggy's, or Kedro's empty one
        run_id: str | None = None,
    ) -> None:
        hooks = loading_hooks(hook_manager)
        workplace = Workplace(self.project, pipeline, catalog, hooks, self.options, self.loaded)
        if isinstance(self, ParallelRunner):
            workplace.dependencies.expect_workers()
        with workplace.gate(run_id or "") as gate:
            self._gate, self.account = gate, gate.account
            self._run_behind(gate, pipeline, catalog, hook_manager, run_id)

    def _run_behind(
        self,
        gate: Gate,  # noqa: ARG002  the executor asks it
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: Any,  # noqa: ANN401
        run_id: str | None,
    ) -> None:
        super()._run(pipeline, catalog, hook_manager, run_id)


class IncrementalSequentialRunner(_IncrementalRunner, SequentialRunner):
    """Runs node after node."""

    def _run_behind(
        self,
        gate: Gate,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: Any,  # noqa: ANN401  pluggy's, or Kedro's empty one
        run_id: str | None,
    ) -> None:
        load_counts = Counter(chain.from_iterable(node.inputs for node in pipeline.nodes))
        done: list[Node] = []
        for node in pipeline.nodes:
            try:
                _settle(gate, Task(node, catalog, self._is_async, hook_manager or _NullPluginManager(), run_id))
            except Exception:
                self._suggest_resume_scenario(pipeline, done, catalog)
                raise
            done.append(node)
            self._release_datasets(node, catalog, load_counts, pipeline)


def _settle(gate: Gate, task: Task) -> None:
    """Runs a node if it has to run."""
    for node in gate.decide(task.node):
        try:
            [reads] = ObservedTasks([_for_node(task, node)])()
        except BaseException:
            gate.fail(node)
            raise
        gate.finish(node, reads)
        logger.info("Completed node: %s", node.name)


def _for_node(task: Task, node: Node) -> Task:
    task = copy.copy(task)
    task.node = node
    return task


def _submit(gate: Gate, submit: Callable[[ObservedTasks], "Future[list[Reads]]"], task: Task) -> "Future[Node]":
    """Hands a node to a pool if it has to run; the future is done when the node's outcome is remembered."""
    outcome: Future[Node] = Future()
    nodes = gate.decide(task.node)
    if not nodes:
        outcome.set_result(task.node)
        return outcome

    def record(inner: "Future[list[Reads]]") -> None:
        error = inner.exception()
        try:
            for node, reads in zip(nodes, [] if error else inner.result(), strict=False):
                gate.finish(node, reads)
            if error is None:
                outcome.set_result(task.node)
                return
            for node in nodes:
                gate.fail(node)
        except Exception as failure:  # noqa: BLE001  an outcome that never comes would stop the run for ever
            error = failure
        outcome.set_exception(error)

    submit(ObservedTasks([_for_node(task, node) for node in nodes])).add_done_callback(record)
    return outcome


class _GatedThreads(ThreadPoolExecutor):
    gate: Gate

    def submit(self, task: Task) -> "Future[Node]":  # type: ignore[override]
        return _submit(self.gate, super().submit, task)


class _GatedProcesses(ProcessPoolExecutor):
    gate: Gate

    def submit(self, task: Task) -> "Future[Node]":  # type: ignore[override]
        return _submit(self.gate, super().submit, task)


class IncrementalThreadRunner(_IncrementalRunner, ThreadRunner):
    """Runs nodes in threads; decides in one."""

    def _get_executor(self, max_workers: int) -> Executor:
        pool = _GatedThreads(max_workers)
        pool.gate = self._gate
        return pool


class IncrementalParallelRunner(_IncrementalRunner, ParallelRunner):
    """Runs nodes in processes; decides and remembers in the first one."""

    def _get_executor(self, max_workers: int) -> Executor:
        context = os.environ.get("KEDRO_MP_CONTEXT")
        methods = multiprocessing.get_all_start_methods()
        pool = _GatedProcesses(
            max_workers,
            multiprocessing.get_context(context if context in methods else None),
            initializer=_end_with_the_parent,
        )
        pool.gate = self._gate
        return pool


def _end_with_the_parent() -> None:
    """Lets a worker end when the first process was killed; it would write outputs that nobody remembers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


_TWINS: dict[type[AbstractRunner], Callable[..., _IncrementalRunner]] = {
    SequentialRunner: lambda runner: IncrementalSequentialRunner(is_async=runner._is_async),
    ThreadRunner: lambda runner: IncrementalThreadRunner(runner._max_workers),
    ParallelRunner: lambda runner: IncrementalParallelRunner(runner._max_workers, runner._is_async),
}


def incremental_twin(
    runner: AbstractRunner, project: Path, options: Options, loaded: LoadedCode
) -> _IncrementalRunner | None:
    """Returns the runner that does as Kedro's one does, but only what changed; None for a runner of the user's own."""
    make = _TWINS.get(type(runner))
    if make is None:
        return None
    twin = make(runner)
    twin.project, twin.options, twin.loaded, twin.account = project, options, loaded, Account()
    return twin
