"""Signs that training has failed without a number saying so: every sample alike, or a game that is decided."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SMALLEST_DEVIATION = 1.0  # gray levels of 255; below it no pixel differs visibly between samples
_DECIDED_ACCURACY = 0.99
_LAST_SHARE = 0.1


def collapse_section(
    pixels: NDArray[np.uint8],
    real_accuracy: NDArray[np.floating[Any]],
    generated_accuracy: NDArray[np.floating[Any]],
) -> dict[str, Any]:
    """Returns whether the generator or the discriminator has collapsed, with the figures that say so.

    Args:
        pixels: Samples ``(images, height, width, channels)``, uint8.
        real_accuracy: Of the discriminator over the training, in [0, 1], ``(rows,)``.
        generated_accuracy: The same on generated images.

    Returns:
        ``generator``: no pixel differs visibly between samples. ``discriminator``: over the last tenth of training it
        told real from generated images almost without a mistake, which leaves the generator little to learn from.
    """
    largest_deviation = float(pixels.std(axis=0, dtype=np.float64).max())
    rows = max(1, round(_LAST_SHARE * len(real_accuracy)))
    last_accuracy = float(np.mean([real_accuracy[-rows:], generated_accuracy[-rows:]], dtype=np.float64))
    return {
        "generator": largest_deviation < _SMALLEST_DEVIATION,
        "discriminator": last_accuracy > _DECIDED_ACCURACY,
        "largest_pixel_deviation": largest_deviation,
        "last_discriminator_accuracy": last_accuracy,
    }
