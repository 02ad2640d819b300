"""Node inputs by argument name, so that a node depends only on the parameters that it uses."""

from gan_pipelines.networks.parameters import LatentParameters
from gan_pipelines.parameter_model import ParameterModel


def same_names(*names: str) -> dict[str, str]:
    """Returns inputs whose argument names equal the names of the catalog entries."""
    return {name: name for name in names}


def parameter_inputs(section: str, model: type[ParameterModel]) -> dict[str, str]:
    """Returns one input per field of a parameter model, so that the node ignores other keys of the section.

    Args:
        section: Section of the parameters, such as ``scoring``.
        model: Pydantic model that the node validates them with.
    """
    return {name: f"params:{section}.{name}" for name in model.model_fields}


ARCHITECTURE = {
    **{name: f"params:networks.{name}" for name in ("architecture", "latent_size", "codes")},
    "seed": "params:training.seed",
}
"""Inputs of nodes that build untrained networks."""

LATENTS = parameter_inputs("networks", LatentParameters)
"""Inputs of nodes that draw latents."""
