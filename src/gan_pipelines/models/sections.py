"""Schemas of the top-level sections of the parameters."""

from gan_pipelines.models.comparison import CompareParameters
from gan_pipelines.models.declarations import MODELS
from gan_pipelines.parameter_model import ParameterModel

SECTIONS: dict[str, type[ParameterModel]] = {
    **{name: model.kind.parameters for name, model in MODELS.items()},
    "compare": CompareParameters,
}
