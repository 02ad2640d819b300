"""The project's parameters as nodes, kedro-viz and notebooks see them."""

from collections.abc import Iterator
from typing import Any

from kedro.framework.context import KedroContext

from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS
from gan_pipelines.presets import with_presets

_CHOICES = PresetParameters.model_fields.keys()


class PresetContext(KedroContext):
    """Fills each model's preset into its parameters, and an empty section where there is none."""

    @property
    def params(self) -> dict[str, Any]:
        """Returns all parameters."""
        parameters = with_presets(super().params)
        for name, model in MODEL_PARAMETERS.items():
            section = parameters.setdefault(name, {})
            if isinstance(section, dict):
                parameters[name] = {key: {} for key in _sections(model)} | section
        return parameters


def _sections(model: type[ParameterModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name not in _CHOICES and isinstance(field.get_default(), ParameterModel | dict):
            yield name
