"""Input of the network builders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpecification:
    """Sizes of the inputs and outputs of generator and discriminator.

    Args:
        sample_shape: ``(height, width, channels)`` of images in pixels, or ``(coordinates,)`` of points.
        latent_size: Length of the latent vector.
        classes: Number of classes, for conditional networks; else 0.
        categories: Size of the categorical code appended to the latent vector; 0 without codes.
        continuous: Number of continuous codes appended after it; 0 without codes.
        fades: Whether the newest resolution of networks that grow is faded in by a second input.
    """

    sample_shape: tuple[int, ...]
    latent_size: int
    classes: int = 0
    categories: int = 0
    continuous: int = 0
    fades: bool = False
