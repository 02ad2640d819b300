"""Kedro hooks of the project: parameter checks, and the models of the comparison."""

from collections.abc import Mapping
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.pipelines.comparison.selection import check_selection, select_models
from gan_pipelines.scores.network_files import check_network_files

_PREFIX = "params:"


class ParameterHooks:
    """Checks all parameters of the models in a pipeline before any of its nodes runs.

    Args:
        models: Parameter model of each top-level key.
    """

    def __init__(self, models: Mapping[str, type[ParameterModel]]) -> None:
        self._models = models

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol) -> None:  # noqa: ARG002 - Kedro's names
        """Checks the parameters of the models in the pipeline.

        Raises:
            UserError: If a parameter is unknown, missing or outside its range, or the file of a network is missing.
        """
        taken = {name.removeprefix(_PREFIX) for name in pipeline.inputs() if name.startswith(_PREFIX)}
        requested = {name.split(".")[0] for name in taken} & self._models.keys()
        parameters = catalog["parameters"].load() if "parameters" in catalog else {}
        check_parameters(parameters, self._models, requested)
        sections = {name: self._models[name].model_validate(parameters.get(name) or {}) for name in requested}
        check_network_files(sections, taken)


class ComparisonHooks:
    """Selects the models of the pipeline `compare` from the parameters of the session."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Selects the models before the pipelines are built."""
        # `context.params` would build the pipelines first, to read the types of their parameters.
        select_models(context.config_loader["parameters"])

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol) -> None:  # noqa: ARG002 - Kedro's names
        """Checks that the pipeline compares the models of the parameters.

        Raises:
            UserError: If the pipelines were built for other models earlier in this process.
        """
        check_selection(catalog["parameters"].load() if "parameters" in catalog else {}, pipeline)
