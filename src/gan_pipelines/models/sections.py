"""The top-level keys of the parameters, and what stands below each."""

from gan_pipelines.models.comparison import CompareParameters
from gan_pipelines.models.declarations import MODELS
from gan_pipelines.parameter_model import ParameterModel

SECTIONS: dict[str, type[ParameterModel]] = {
    **{name: model.kind.parameters for name, model in MODELS.items()},
    "compare": CompareParameters,
}
