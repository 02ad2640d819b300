"""All architectures: builds networks from their names."""

from gan_pipelines.networks import (
    autoencoding,
    conditional,
    coupled,
    dense,
    infogan,
    mnist,
    progressive,
    residual,
    selu,
    upsampling,
)
from gan_pipelines.networks.building import build_from
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.training.configured_keras import keras

# Listed, not imported by their declared names: so an edit of other modules builds no network anew.
_MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (autoencoding, conditional, coupled, dense, infogan, mnist, progressive, residual, selu, upsampling)
}


def build_networks(
    parameters: NetworksParameters, sample_shape: tuple[int, ...], seed: int, classes: int = 0
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator of any architecture; see `build_from`."""
    return build_from(_MODULES, parameters, sample_shape, seed, classes)
