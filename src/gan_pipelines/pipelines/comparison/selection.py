"""Which models are compared: known when a session begins, before Kedro joins the pipelines."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from kedro.pipeline import Pipeline
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.pipelines.parameters import CompareParameters

_SECTION = "compare"
_SELECTED: ContextVar[tuple[str, ...]] = ContextVar("selected", default=tuple(CompareParameters().models))


def compared_models() -> tuple[str, ...]:
    """Returns the models of the latest session, or the default ones."""
    return _SELECTED.get()


def select_models(parameters: Mapping[str, Any]) -> None:
    """Takes note of what a session's parameters say; what is wrong with them is told when they are checked."""
    try:
        _SELECTED.set(tuple(CompareParameters.model_validate(parameters.get(_SECTION) or {}).models))
    except ValidationError:
        return


def check_selection(parameters: Mapping[str, Any], pipeline: Pipeline) -> None:
    """Makes sure that a comparison is about to run for the models that the parameters name.

    Raises:
        UserError: Kedro joined the pipelines earlier in this process, for others.
    """
    joined = {name.split(".")[0] for node in pipeline.nodes if node.namespace == _SECTION for name in node.inputs}
    joined -= {_SECTION, f"params:{_SECTION}"}
    named = set(CompareParameters.model_validate(parameters.get(_SECTION) or {}).models)
    if joined and joined != named:
        raise UserError(
            f"`compare.models` names {', '.join(sorted(named))}, but this process joined the pipelines of "
            f"{', '.join(sorted(joined))} when it first looked at them. Run the comparison in a process of its own."
        )
