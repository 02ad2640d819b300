"""Nodes that build networks."""

from typing import Any

from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.sources.image_set import ImageSet


def build_networks(
    training_images: ImageSet, architecture: str, latent_size: int | None, codes: dict[str, Any] | None, seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the generator and the discriminator for images of the size that was read.

    Returns:
        The untrained generator, latents to pixels in [-1, 1]; and the untrained discriminator, pixels to logits. Where
        the architecture takes labels, both are told the class as well.

    Raises:
        UserError: The architecture cannot make images of this size, or takes labels and the images have none.
    """
    from gan_pipelines.networks import registry

    networks = {"architecture": architecture, "latent_size": latent_size, "codes": codes}
    _, height, width, channels = training_images.pixels.shape
    return registry.build_networks(
        NetworksParameters.model_validate(networks),
        (height, width, channels),
        seed,
        classes=len(training_images.class_names),
    )
