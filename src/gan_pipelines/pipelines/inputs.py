"""Inputs of nodes by the names of their arguments, so that a node takes just the parameters that it uses."""

from gan_pipelines.networks.parameters import LatentParameters
from gan_pipelines.parameter_model import ParameterModel


def named(*names: str) -> dict[str, str]:
    """Returns inputs whose arguments have the names of the catalog's entries."""
    return {name: name for name in names}


def fields_of(section: str, model: type[ParameterModel]) -> dict[str, str]:
    """Returns those parameters of a section that a model has, and so none that only other nodes take.

    Args:
        section: Such as ``scoring``.
        model: What the node validates them with.
    """
    return {name: f"params:{section}.{name}" for name in model.model_fields}


ARCHITECTURE = {
    **{name: f"params:networks.{name}" for name in ("architecture", "latent_size", "codes")},
    "seed": "params:training.seed",
}
"""What untrained networks are built by."""

LATENTS = fields_of("networks", LatentParameters)
"""What latents are drawn from."""
