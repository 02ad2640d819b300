"""Nodes that draw images from generators."""

from typing import Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import SamplingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pixels import to_bytes


def draw_samples(generator: KerasModel, networks: dict[str, Any], sampling: dict[str, Any]) -> Arrays:
    """Draws images from seeded latents; the same seed gives every generator of a latent size the same latents.

    Returns:
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``.
    """
    from gan_pipelines.adversarial.sampling import generate

    latents = sampled_latents(generator, networks, sampling)
    return {"pixels": to_bytes(generate(generator, latents)), "latents": latents}


def sampled_latents(generator: KerasModel, networks: dict[str, Any], sampling: dict[str, Any]) -> NDArray[Any]:
    """Returns the latents of the samples, ``(samples, latent_size)``, float32."""
    from gan_pipelines.adversarial.sampling import draw_latents

    parameters = SamplingParameters.model_validate(sampling)
    distribution = NetworksParameters.model_validate(networks).latent_distribution
    return draw_latents(generator, parameters.images, distribution, parameters.seed, "samples")
