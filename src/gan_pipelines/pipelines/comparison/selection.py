"""Which models are compared and ranked: known when a session begins, before Kedro joins the pipelines."""

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
    """Returns what the latest session compares, or what is compared by default."""
    return _SELECTED.get()


def select_models(parameters: Mapping[str, Any]) -> None:
    """Takes note of what a session's parameters say; what is wrong with them is told when they are checked."""
    try:
        _SELECTED.set(CompareParameters.model_validate(parameters.get(_SECTION) or {}))
    except ValidationError:
        return


def check_selection(parameters: Mapping[str, Any], pipeline: Pipeline) -> None:
    """Makes sure that a comparison is about to run for the models that the parameters name.

    Raises:
        UserError: Kedro joined the pipelines earlier in this process, for others.
    """
    now = CompareParameters.model_validate(parameters.get(_SECTION) or {})
    taken = [name.partition(".") for node in pipeline.nodes if node.namespace == _SECTION for name in node.inputs]
    of_models = [(model, artifact) for model, _, artifact in taken if model not in {_SECTION, f"params:{_SECTION}"}]
    _check("models", {model for model, artifact in of_models if artifact != KEPT_CARDS}, now.models)
    _check("leaderboard", {model for model, artifact in of_models if artifact == KEPT_CARDS}, now.ranked_models)


def _check(key: str, joined: Collection[str], named: Collection[str]) -> None:
    if joined and set(joined) != set(named):
        raise UserError(
            f"`compare.{key}` names {', '.join(sorted(named))}, but this process joined the pipelines of "
            f"{', '.join(sorted(joined))} when it first looked at them. Run the comparison in a process of its own."
        )
