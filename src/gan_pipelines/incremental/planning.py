"""What a run would do, without doing it."""

from pathlib import Path
from typing import Any

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.runner import AbstractRunner

from gan_pipelines.incremental.changes import in_short
from gan_pipelines.incremental.dependencies import loading_hooks
from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.options import Options
from gan_pipelines.incremental.verdicts import State, Verdict
from gan_pipelines.incremental.workplace import Workplace


class PlanningRunner(AbstractRunner):
    """Runs nothing and writes nothing; afterwards it holds what would happen.

    Args:
        project: The project's folder.
        options: What the user asked for.
        loaded: What Python has loaded of the project's code.
    """

    def __init__(self, project: Path, options: Options, loaded: LoadedCode) -> None:
        super().__init__()
        self._project = project
        self._options = options
        self._loaded = loaded
        self.verdicts: dict[str, Verdict] = {}
        self.coarse: dict[str, tuple[str, ...]] = {}
        self.memory_edges: tuple[str, ...] = ()

    def run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: Any = None,  # noqa: ANN401  pluggy's, or Kedro's empty one
        run_id: str | None = None,  # noqa: ARG002  Kedro's names
        only_missing_outputs: bool = False,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Compares the pipeline with what is remembered."""
        workplace = Workplace(
            self._project, pipeline, catalog, loading_hooks(hook_manager), self._options, self._loaded
        )
        self.verdicts = workplace.assessor.outlook()
        self.coarse = workplace.dependencies.coarse
        edges = sorted(pipeline.all_outputs() & pipeline.all_inputs())
        self.memory_edges = tuple(name for name in edges if workplace.dependencies.entry(name).is_memory)
        return {}

    def _run(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  Kedro's signature
        """Runs nothing."""

    def _get_executor(self, max_workers: int) -> None:  # noqa: ARG002  Kedro's names
        return None


def plan_as_json(verdicts: dict[str, Verdict]) -> dict[str, Any]:
    """Returns a plan as JSON."""
    return {
        "nodes": [
            {"node": name, "state": verdict.state.value, "reasons": [str(change) for change in verdict.changes]}
            for name, verdict in verdicts.items()
        ],
        "would_run": any(verdict.runs for verdict in verdicts.values()),
    }


def plan_as_text(verdicts: dict[str, Verdict]) -> str:
    """Returns a plan as a table, a line for each node."""
    widths = max((len(name) for name in verdicts), default=0), len(State.UP_TO_DATE)
    lines = [
        f"{name:{widths[0]}}  {verdict.state.value:{widths[1]}}  {in_short(verdict.changes)}".rstrip()
        for name, verdict in verdicts.items()
    ]
    running = sum(verdict.runs for verdict in verdicts.values())
    return "\n".join([*lines, f"{running} of {len(verdicts)} nodes would run."])


def explain(node: str, planner: PlanningRunner) -> dict[str, Any]:
    """Returns all that is known of why a node would run.

    Raises:
        IncrementalError: There is no such node in the plan.
    """
    if node not in planner.verdicts:
        raise IncrementalError(
            f"`{node}` is no node of this pipeline. Its nodes: {', '.join(planner.verdicts)}. Choose another pipeline "
            "with --pipeline."
        )
    verdict = planner.verdicts[node]
    return {
        "node": node,
        "state": verdict.state.value,
        "reasons": [str(change) for change in verdict.changes],
        "coarse": list(planner.coarse.get(node, ())),
        "changes": [change.to_json() for change in verdict.changes],
    }
