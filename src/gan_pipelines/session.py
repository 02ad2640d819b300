"""Kedro session of the project: incremental runs, and training on several processes.

Every process runs the same command. The chief runs the pipeline and announces each training node; the other processes
load the same inputs and run the node synchronously with the chief. Only the chief saves outputs.
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
    """Session of a single process, or of a process in a cluster (``training.devices: multi_worker``)."""

    def run(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - Kedro's signature
        """Runs a pipeline; in a cluster, workers run the training nodes only and return an empty dictionary.

        Raises:
            UserError: If the runner is parallel, the parameters of the processes differ, or the chief's run fails.
        """
        runner = options.get("runner")
        if not has_cluster() or isinstance(runner, PlanningRunner):
            return super().run(*arguments, **options)
        context = self.load_context()
        if not _trains_together(context.params):
            return super().run(*arguments, **options)
        if isinstance(runner, ParallelRunner | ThreadRunner):
            raise UserError(
                f"--runner is {type(runner).__name__}, but training.devices 'multi_worker' requires sequential nodes. "
                "Remove --runner or use SequentialRunner."
            )
        folder = self._agree_on_folder(context.params)
        if not find_cluster().is_chief:
            _run_as_worker(context, folder)
            return {}
        return self._run_as_chief(Announcer(folder), *arguments, **options)

    def _run_as_chief(self, announcer: Announcer, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        self._hook_manager.register(_AnnouncementHooks(announcer))
        try:
            results = super().run(*arguments, **options)
        except BaseException:
            announcer.end("failed")
            raise
        announcer.end("finished")
        return results

    def _agree_on_folder(self, parameters: Mapping[str, Any]) -> Path:
        """Waits for the other processes, compares their parameters, and returns the folder for the announcements."""
        from gan_pipelines.training.backend import join_cluster

        device = join_cluster()
        digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).digest()
        own_digest = np.frombuffer(digest, np.int32)
        run_number = np.random.default_rng().integers(2**31 - 1, size=1, dtype=np.int32)
        from_chief = device.all_reduce_sum(np.concatenate([own_digest, run_number]) * np.int32(device.is_chief))
        mismatches = device.all_reduce_sum(np.array([not np.array_equal(own_digest, from_chief[:-1])], np.int32))
        if mismatches[0]:
            raise UserError(
                f"The parameters of {mismatches[0]} of {device.processes} processes differ from the chief's. Start all "
                "processes with the same command, in one project folder that all machines share."
            )
        return self._project_path / ".cluster" / f"run-{from_chief[-1]:010d}"


class _AnnouncementHooks:
    """Announces a training node before its first input is loaded."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._announced: set[str] = set()

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str, node: Node) -> None:  # noqa: ARG002 - Kedro's names
        """Announces a training node once."""
        if TRAINS_TOGETHER in node.tags and node.name not in self._announced:
            self._announced.add(node.name)
            self._announcer.announce(node.name)


def _trains_together(parameters: Mapping[str, Any]) -> bool:
    sections = (
        model["training"] for model in parameters.values() if isinstance(model, Mapping) and "training" in model
    )
    return any(section.get("devices") == "multi_worker" for section in sections if isinstance(section, Mapping))


def _run_as_worker(context: KedroContext, folder: Path) -> None:
    """Runs the announced nodes without saving their outputs."""
    nodes = {node.name: node for pipeline in pipelines.values() for node in pipeline.nodes}
    for name in follow(folder):
        logger.info("Running %s with the chief process.", name)
        node = nodes[name]
        catalog = context._get_catalog()  # a new catalog, since versioned datasets cache the version they load first
        node.run({entry: catalog.load(entry) for entry in node.inputs})
