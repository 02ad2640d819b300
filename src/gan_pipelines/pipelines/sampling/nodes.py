"""Nodes that draw images from generators."""

from typing import Any

from gan_pipelines.adversarial.parameters import SamplingParameters
from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pixels import to_bytes


def draw_samples(generator: KerasModel, sampling: dict[str, Any]) -> Arrays:
    """Draws images from seeded latents; the same seed gives every generator of a latent size the same latents.

    Returns:
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``.
    """
    from gan_pipelines.adversarial import sampling as adversarial_sampling

    parameters = SamplingParameters.model_validate(sampling)
    latents = adversarial_sampling.draw_latents(generator, parameters.images, parameters.seed, "samples")
    return {"pixels": to_bytes(adversarial_sampling.generate(generator, latents)), "latents": latents}
