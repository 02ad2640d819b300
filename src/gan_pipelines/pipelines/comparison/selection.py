"""Selection of the compared and ranked models, read when a session starts, before Kedro builds the pipelines."""

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any

from kedro.pipeline import Pipeline
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.models.comparison import CompareParameters
from gan_pipelines.pipelines.comparison.pipeline import KEPT_CARDS

_SECTION = "compare"
_SELECTED: ContextVar[CompareParameters] = ContextVar("selected", default=CompareParameters())  # noqa: B039  frozen


def selected() -> CompareParameters:
    """Returns the selection of the latest session, or the default."""
    return _SELECTED.get()


def select_models(parameters: Mapping[str, Any]) -> None:
    """Stores the selection in a session's parameters; invalid parameters are ignored here and reported when checked."""
    try:
        _SELECTED.set(CompareParameters.model_validate(parameters.get(_SECTION) or {}))
    except ValidationError:
        return


def check_selection(parameters: Mapping[str, Any], pipeline: Pipeline) -> None:
    """Checks that the comparison in the pipeline was built for the models named in the parameters.

    Raises:
        UserError: If Kedro built the pipelines of this process for other models.
    """
    configured = CompareParameters.model_validate(parameters.get(_SECTION) or {})
    inputs = [name.partition(".") for node in pipeline.nodes if node.namespace == _SECTION for name in node.inputs]
    artifacts = [(model, artifact) for model, _, artifact in inputs if model not in {_SECTION, f"params:{_SECTION}"}]
    _check("models", {model for model, artifact in artifacts if artifact != KEPT_CARDS}, configured.models)
    _check("leaderboard", {model for model, artifact in artifacts if artifact == KEPT_CARDS}, configured.ranked_models)


def _check(key: str, built_for: Collection[str], configured: Collection[str]) -> None:
    if built_for and set(built_for) != set(configured):
        raise UserError(
            f"`compare.{key}` names {', '.join(sorted(configured))}, but this process has already built the pipelines "
            f"for {', '.join(sorted(built_for))}. Run the comparison in a new process."
        )
