"""The project's parameters as nodes, kedro-viz and notebooks see them, and how a run's catalog holds them."""

from typing import Any

from kedro.framework.context import KedroContext
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.io.data_catalog import _LazyDataset
from pydantic import ValidationError

from gan_pipelines.models.declarations import MODELS
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.presets import for_every, with_presets

_CHOICES = set(PresetParameters.model_fields)


class ParameterCatalog(DataCatalog):
    """A catalog that makes a dataset of a parameter only when somebody asks for it.

    There are about a hundred for each model, and a run takes those of one. Each is copied deeply, as Kedro copies it
    too, but Kedro imports pandas first to ask whether it is a table.
    """

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - data of any kind
        """Adds a dataset, or data for one in memory."""
        is_dataset = isinstance(value, AbstractDataset | _LazyDataset)
        is_parameter = key == "parameters" or key.startswith("params:")
        super().__setitem__(key, _LateParameter(key, value) if is_parameter and not is_dataset else value)


class _LateParameter(_LazyDataset):
    def __init__(self, name: str, value: Any) -> None:  # noqa: ANN401 - what YAML may hold
        super().__init__(name, {"type": "MemoryDataset"})
        self._value = value

    def materialize(self) -> AbstractDataset:
        return MemoryDataset(self._value, copy_mode="deepcopy")


class CompleteContext(KedroContext):
    """Gives every parameter of every model: its own section, else `every`, else the preset, else the code's default.

    Below ``every.images``, ``every.points`` and ``every.headlines`` stands what counts for all models that learn from
    these.

    So a node can take a single parameter wherever its value comes from, and models that differ only in where theirs
    come from take equal ones.
    """

    @property
    def params(self) -> dict[str, Any]:
        """Returns all parameters; sections that are not valid stay as they are, for the checks to tell."""
        given = with_presets(for_every(super().params, {name: model.kind.data for name, model in MODELS.items()}))
        return given | {name: _complete(model, given.get(name)) for name, model in SECTIONS.items()}


def _complete(model: type[ParameterModel], given: object) -> object:
    """Returns a model's parameters in the model's order, without the presets, of which the chosen one is filled in."""
    try:
        return model.model_validate({} if given is None else given).model_dump(exclude=_CHOICES)
    except ValidationError:
        return given
