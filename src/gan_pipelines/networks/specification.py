"""What a builder of networks needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpecification:
    """Shapes of what goes into the networks and what comes out of the generator.

    Args:
        sample_shape: ``(height, width, channels)`` of images in pixels, or ``(coordinates,)`` of points.
        latent_size: Length of the latent vector.
        classes: How many classes both networks are told of; 0 where they are told none.
        categories: Of the code that follows the latent vector; 0 without codes.
        numbers: Continuous codes that follow it; 0 without.
    """

    sample_shape: tuple[int, ...]
    latent_size: int
    classes: int = 0
    categories: int = 0
    numbers: int = 0
