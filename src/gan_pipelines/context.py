"""Kedro context and catalog: parameters completed with presets and defaults, and loaded lazily."""

from typing import Any

from kedro.framework.context import KedroContext
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.io.data_catalog import _LazyDataset
from pydantic import ValidationError

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.presets import with_common_settings, with_presets

_PRESET_KEYS = set(PresetParameters.model_fields)


class ParameterCatalog(DataCatalog):
    """Catalog that creates the dataset of a parameter on first access.

    Each model has about 100 parameters, and a run uses those of one model. Parameters are deep-copied on load, as by
    Kedro, but without its import of pandas, which it needs to choose the copy mode.
    """

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - Kedro's signature
        """Adds a dataset, or data as a memory dataset."""
        is_dataset = isinstance(value, AbstractDataset | _LazyDataset)
        is_parameter = key == "parameters" or key.startswith("params:")
        super().__setitem__(key, _LazyParameter(key, value) if is_parameter and not is_dataset else value)


class _LazyParameter(_LazyDataset):
    def __init__(self, name: str, value: Any) -> None:  # noqa: ANN401 - any YAML value
        super().__init__(name, {"type": "MemoryDataset"})
        self._value = value

    def materialize(self) -> AbstractDataset:
        return MemoryDataset(self._value, copy_mode="deepcopy")


class CompleteContext(KedroContext):
    """Context with every parameter of every model.

    Precedence: the model's section, ``every``, the preset, the default in the code. ``every.images``, ``every.points``
    and ``every.headlines`` apply to all models trained on that kind of data.

    Nodes can therefore take single parameters regardless of where a value is set, and equal values are equal inputs.
    """

    @property
    def params(self) -> dict[str, Any]:
        """Returns all parameters; invalid sections are returned unchanged and reported by `check_parameters`."""
        given = with_presets(
            with_common_settings(super().params, {name: model.kind.data for name, model in MODELS.items()})
        )
        return given | {name: _complete(model, given.get(name)) for name, model in SECTIONS.items()}


def _complete(model: type[ParameterModel], given: object) -> object:
    """Returns the parameters with defaults, in the order of the fields, without ``preset`` and ``presets``."""
    try:
        return model.model_validate({} if given is None else given).model_dump(exclude=_PRESET_KEYS)
    except ValidationError:
        return given
