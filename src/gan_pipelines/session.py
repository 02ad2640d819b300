"""The project's session: incremental, and able to train together with other processes.

Every process runs the same command. The chief runs the pipeline like any session, and tells the others each training
that it begins; they load the same inputs, train in step with it, and leave what comes out to the chief.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.pipeline.node import Node
from kedro.runner import ParallelRunner, ThreadRunner

from gan_pipelines.announcements import Announcer, follow
from gan_pipelines.errors import UserError
from gan_pipelines.incremental import IncrementalSession
from gan_pipelines.incremental.planning import PlanningRunner
from gan_pipelines.pipelines.artifacts import TRAINS_TOGETHER
from gan_pipelines.training.cluster import find_cluster, has_cluster

logger = logging.getLogger(__name__)


class ClusterSession(IncrementalSession):
    """A session of one process, or of one of several that train together (``training.devices: multi_worker``)."""

    def run(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - what Kedro's own session takes and returns
        """Runs a pipeline; a process that is not the chief takes part in its trainings and returns nothing.

        Raises:
            UserError: Nodes are asked to run beside each other, the processes were started with different parameters,
                or the chief's run failed.
        """
        runner = options.get("runner")
        if not has_cluster() or isinstance(runner, PlanningRunner):
            return super().run(*arguments, **options)
        context = self.load_context()
        if not _trains_together(context.params):
            return super().run(*arguments, **options)
        if isinstance(runner, ParallelRunner | ThreadRunner):
            raise UserError(
                f"--runner is {type(runner).__name__}, but where training.devices is 'multi_worker', nodes run one "
                "after the other. Leave it out."
            )
        folder = self._meet(context.params)
        if not find_cluster().is_chief:
            _take_part(context, folder)
            return {}
        return self._run_as_chief(Announcer(folder), *arguments, **options)

    def _run_as_chief(self, announcer: Announcer, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        self._hook_manager.register(_AnnouncingHooks(announcer))
        try:
            results = super().run(*arguments, **options)
        except BaseException:
            announcer.end("failed")
            raise
        announcer.end("finished")
        return results

    def _meet(self, parameters: Mapping[str, Any]) -> Path:
        """Waits for the other processes, and returns the folder in which the chief of this run will be heard."""
        from gan_pipelines.training.backend import join_cluster

        device = join_cluster()
        digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).digest()
        own = np.frombuffer(digest, np.int32)
        number = np.random.default_rng().integers(2**31 - 1, size=1, dtype=np.int32)
        chiefs = device.total(np.concatenate([own, number]) * np.int32(device.is_chief))
        different = device.total(np.array([not np.array_equal(own, chiefs[:-1])], np.int32))
        if different[0]:
            raise UserError(
                f"{different[0]} of {device.processes} processes have other parameters than the chief. Start all of "
                "them with the same command, in one project folder that all machines share."
            )
        return self._project_path / ".cluster" / f"run-{chiefs[-1]:010d}"


class _AnnouncingHooks:
    """Announces a training when the first of its inputs is about to be loaded."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._announced: set[str] = set()

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str, node: Node) -> None:  # noqa: ARG002 - Kedro's names
        """Announces a node, once."""
        if TRAINS_TOGETHER in node.tags and node.name not in self._announced:
            self._announced.add(node.name)
            self._announcer.announce(node.name)


def _trains_together(parameters: Mapping[str, Any]) -> bool:
    sections = (
        model["training"] for model in parameters.values() if isinstance(model, Mapping) and "training" in model
    )
    return any(section.get("devices") == "multi_worker" for section in sections if isinstance(section, Mapping))


def _take_part(context: KedroContext, folder: Path) -> None:
    """Runs the nodes that the chief announces, and leaves their outputs to the chief."""
    nodes = {node.name: node for pipeline in pipelines.values() for node in pipeline.nodes}
    for name in follow(folder):
        logger.info("Takes part in %s.", name)
        node = nodes[name]
        catalog = context._get_catalog()  # a new one, for versioned entries remember which version they found first
        node.run({entry: catalog.load(entry) for entry in node.inputs})
