"""What a builder of networks needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpecification:
    """Shapes of what goes into the generator and what comes out of it.

    Args:
        sample_shape: ``(height, width, channels)`` of images in pixels, or ``(coordinates,)`` of points.
        latent_size: Length of the latent vector.
    """

    sample_shape: tuple[int, ...]
    latent_size: int
