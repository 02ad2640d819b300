"""Kedro's runners, with a gate before each node."""

import copy
import logging
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
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
from gan_pipelines.incremental.options import LOGGER, Options
from gan_pipelines.incremental.workplace import Workplace

logger = logging.getLogger(LOGGER)


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

    def _release_datasets(self, node: Node, *arguments: Any) -> None:  # noqa: ANN401  Kedro's
        """Keeps what a node reads from memory if it may still have to run."""
        if node.name not in self._gate.put_off:
            super()._release_datasets(node, *arguments)

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
    for node in gate.decide(task.node).nodes:
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


Submit = Callable[[ObservedTasks], "Future[list[Reads]]"]


class _Queue:
    """Hands nodes to a pool if they have to run.

    Args:
        gate: Decides, and remembers what came out.
        submit: The pool's own method.
    """

    def __init__(self, gate: Gate, submit: Submit) -> None:
        self._gate = gate
        self._submit = submit
        self._outcomes: dict[str, Future[Node]] = {}

    def put(self, task: Task) -> "Future[Node]":
        """Returns what is done when the node is up to date, or its outcome is remembered."""
        outcome: Future[Node] = Future()
        decision = self._gate.decide(task.node)
        if not decision.nodes:
            outcome.set_result(task.node)
            return outcome
        awaited = [self._outcomes[node.name] for node in decision.begun]
        self._outcomes |= dict.fromkeys((node.name for node in decision.nodes), outcome)
        self._launch_after(awaited, task, decision.nodes, outcome)
        return outcome

    def _launch_after(
        self, awaited: "list[Future[Node]]", task: Task, nodes: list[Node], outcome: "Future[Node]"
    ) -> None:
        if awaited:
            rest = awaited[1:]
            awaited[0].add_done_callback(lambda _: self._launch_after(rest, task, nodes, outcome))
            return
        tasks = ObservedTasks([_for_node(task, node) for node in nodes])
        try:
            self._submit(tasks).add_done_callback(partial(self._record, task.node, nodes, outcome))
        except RuntimeError as error:  # the pool was shut down because another node failed
            outcome.set_exception(error)

    def _record(self, node: Node, nodes: list[Node], outcome: "Future[Node]", inner: "Future[list[Reads]]") -> None:
        error = inner.exception()
        try:
            if error is None:
                for done, reads in zip(nodes, inner.result(), strict=True):
                    self._gate.finish(done, reads)
                outcome.set_result(node)
                return
            for failed in nodes:
                self._gate.fail(failed)
        except Exception as failure:  # noqa: BLE001  an outcome that never comes would stop the run for ever
            error = failure
        outcome.set_exception(error)


class _GatedThreads(ThreadPoolExecutor):
    def __init__(self, gate: Gate, max_workers: int) -> None:
        super().__init__(max_workers)
        self._queue = _Queue(gate, super().submit)

    def submit(self, task: Task) -> "Future[Node]":  # type: ignore[override]
        return self._queue.put(task)


class _GatedProcesses(ProcessPoolExecutor):
    def __init__(self, gate: Gate, max_workers: int, method: str | None) -> None:
        super().__init__(max_workers, multiprocessing.get_context(method), initializer=_end_with_the_parent)
        self._queue = _Queue(gate, super().submit)

    def submit(self, task: Task) -> "Future[Node]":  # type: ignore[override]
        return self._queue.put(task)


class IncrementalThreadRunner(_IncrementalRunner, ThreadRunner):
    """Runs nodes in threads; decides in one."""

    def _get_executor(self, max_workers: int) -> Executor:
        return _GatedThreads(self._gate, max_workers)


class IncrementalParallelRunner(_IncrementalRunner, ParallelRunner):
    """Runs nodes in processes; decides and remembers in the first one."""

    def _get_executor(self, max_workers: int) -> Executor:
        method = os.environ.get("KEDRO_MP_CONTEXT")
        is_known = method in multiprocessing.get_all_start_methods()
        return _GatedProcesses(self._gate, max_workers, method if is_known else None)


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
