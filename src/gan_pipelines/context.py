"""The project's parameters as nodes, kedro-viz and notebooks see them."""

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
            parameters[name] = _with_sections(model, parameters.get(name, {}))
        return parameters


def _with_sections(model: type[ParameterModel], given: object) -> object:
    """Returns what is given with an empty section wherever there is none, down to the sections of sections."""
    if not isinstance(given, dict):
        return given
    sections: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        default = field.get_default()
        # Where several kinds are allowed, an empty section would be of none.
        if isinstance(default, ParameterModel) and field.annotation is type(default):
            sections[name] = _with_sections(type(default), given.get(name, {}))
        elif isinstance(default, dict) and name not in _CHOICES:
            sections[name] = given.get(name, {})
    filled = given | sections
    # In the order of the model: the order of keys counts as a difference between runs.
    return {name: filled[name] for name in model.model_fields if name in filled} | filled
