"""What a builder of networks needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpecification:
    """Shapes of what goes into the generator and what comes out of it.

    Args:
        image_shape: ``(height, width, channels)`` in pixels.
        latent_size: Length of the latent vector.
    """

    image_shape: tuple[int, int, int]
    latent_size: int
