"""Plans: decisions of a run without executing it."""

from dataclasses import asdict
from typing import Any

from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.runner import AbstractRunner

from gan_pipelines.incremental.decider import Decider, Decision, State
from gan_pipelines.incremental.dependencies import Dependencies, HookManager
from gan_pipelines.incremental.errors import IncrementalError
from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.options import Options
from gan_pipelines.incremental.parts import in_short
from gan_pipelines.incremental.project import Project


class PlanningRunner(AbstractRunner):
    """Computes the decisions of a run; runs and writes nothing.

    Attributes:
        decisions: Decisions by node.
        coarse: Coarse code dependencies by node.
        memory_edges: In-memory datasets between nodes.
    """

    def __init__(self, project: Project, options: Options, loaded: LoadedCode) -> None:
        super().__init__()
        self._project, self._options, self._loaded = project, options, loaded
        self.decisions: dict[str, Decision] = {}
        self.coarse: dict[str, tuple[str, ...]] = {}
        self.memory_edges: list[str] = []

    def run(
        self,
        pipeline: Pipeline,
        catalog: CatalogProtocol,
        hook_manager: HookManager = None,
        *_: object,
        **_options: object,
    ) -> dict[str, Any]:
        """Computes the decisions."""
        dependencies = Dependencies(self._project, pipeline, catalog, hook_manager, self._loaded)
        self.decisions = Decider(dependencies, self._options).plan()
        self.coarse = {node.name: dependencies.code[node.name].coarse for node in pipeline.nodes}
        edges = sorted(pipeline.all_outputs() & pipeline.all_inputs())
        self.memory_edges = [name for name in edges if dependencies.entry(name).is_memory]
        return {}

    def _run(self, *arguments: object, **options: object) -> None:
        """Runs nothing."""

    def _get_executor(self, max_workers: int) -> None:  # noqa: ARG002  Kedro's names
        return None


def plan_as_json(decisions: dict[str, Decision]) -> dict[str, Any]:
    """Returns a plan as JSON."""
    nodes = [{"node": node, **_in_words(decision)} for node, decision in decisions.items()]
    return {"nodes": nodes, "would_run": any(decision.runs for decision in decisions.values())}


def plan_as_text(decisions: dict[str, Decision]) -> str:
    """Returns a plan as a table with a line per node."""
    widths = max((len(name) for name in decisions), default=0), len(State.UP_TO_DATE)
    lines = [
        f"{name:{widths[0]}}  {decision.state.value:{widths[1]}}  {in_short(decision.changes)}".rstrip()
        for name, decision in decisions.items()
    ]
    running = sum(decision.runs for decision in decisions.values())
    return "\n".join([*lines, f"{running} of {len(decisions)} nodes would run."])


def explain(node: str, planner: PlanningRunner) -> dict[str, Any]:
    """Returns the decision on a node as JSON, with all changes.

    Raises:
        IncrementalError: If the plan has no such node.
    """
    if node not in planner.decisions:
        raise IncrementalError(
            f"Node `{node}` is not in this pipeline; its nodes: {', '.join(planner.decisions)}. Choose one of them, or "
            "another pipeline with --pipeline."
        )
    decision = planner.decisions[node]
    coarse, found = list(planner.coarse[node]), [asdict(change) for change in decision.changes]
    return {"node": node, **_in_words(decision), "coarse": coarse, "changes": found}


def _in_words(decision: Decision) -> dict[str, Any]:
    return {"state": decision.state.value, "reasons": [str(change) for change in decision.changes]}
