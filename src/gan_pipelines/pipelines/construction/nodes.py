"""Nodes that build networks."""

from typing import Any

from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.sources.image_set import ImageSet


def build_networks(
    training_images: ImageSet, architecture: str, latent_size: int | None, codes: dict[str, Any] | None, seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator and discriminator for the size of the training images.

    Returns:
        The generator, latents to pixels in [-1, 1], and the discriminator, pixels to logits. In a conditional
        architecture, both take the one-hot class as second input.

    Raises:
        UserError: If the architecture does not support this image size, or is conditional and the images have no
            labels.
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
