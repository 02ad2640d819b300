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
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``; of a
        generator that takes classes also ``labels`` ``(images,)``, those it was asked for, and where latents end in
        codes also ``codes`` ``(images,)``, the category of each: both in turn.
    """
    from gan_pipelines.adversarial.sampling import generate, rows_of

    latents = sampled_latents(generator, networks, sampling)
    samples = {"pixels": to_bytes(generate(generator, latents)), "latents": latents}
    codes = NetworksParameters.model_validate(networks).codes
    return {**samples, **rows_of(generator, codes, len(latents))}


def sampled_latents(generator: KerasModel, networks: dict[str, Any], sampling: dict[str, Any]) -> NDArray[Any]:
    """Returns the latents of the samples, ``(samples, latent_size)``, float32."""
    from gan_pipelines.adversarial.sampling import draw_latents

    parameters = SamplingParameters.model_validate(sampling)
    of_networks = NetworksParameters.model_validate(networks)
    return draw_latents(
        *(generator, parameters.images, of_networks.latent_distribution, parameters.seed, "samples", of_networks.codes)
    )
