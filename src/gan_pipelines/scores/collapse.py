"""Signs that training has failed without a number saying so: every sample alike, or a game that is decided."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SMALLEST_DEVIATION = 1.0  # gray levels of 255; below it no pixel differs visibly between samples
_DECIDED_LOSS = 0.01
_LAST_SHARE = 0.1


def collapse_section(pixels: NDArray[np.uint8], discriminator_loss: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """Returns whether the generator or the discriminator has collapsed, with the figures that say so.

    Args:
        pixels: Samples ``(images, height, width, channels)``, uint8.
        discriminator_loss: Over the training, ``(rows,)``.

    Returns:
        ``generator``: no pixel differs visibly between samples. ``discriminator``: over the last tenth of training it
        told real from generated images with almost no loss, which leaves the generator nothing to learn from.
    """
    largest_deviation = float(pixels.std(axis=0, dtype=np.float64).max())
    last = discriminator_loss[-max(1, round(_LAST_SHARE * len(discriminator_loss))) :]
    last_loss = float(np.mean(last, dtype=np.float64))
    return {
        "generator": largest_deviation < _SMALLEST_DEVIATION,
        "discriminator": last_loss < _DECIDED_LOSS,
        "largest_pixel_deviation": largest_deviation,
        "last_discriminator_loss": last_loss,
    }
