"""Signs that training has failed without a number saying so: every sample alike, or a game that is decided."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SMALLEST_DEVIATION = 1.0  # gray levels of 255; below it no pixel differs visibly between samples
_DECIDED_ACCURACY = 0.99
_LAST_SHARE = 0.1


def collapse_section(pixels: NDArray[np.uint8], accuracies: Sequence[NDArray[np.floating[Any]]]) -> dict[str, Any]:
    """Returns whether the generator or the discriminator has collapsed, with the figures that say so.

    Args:
        pixels: Samples ``(images, height, width, channels)``, uint8.
        accuracies: Of the discriminator over the training, in [0, 1], each ``(rows,)``: on real and on generated
            images, or on pairs of them. A critic, which tells nothing apart, has none.

    Returns:
        ``generator``: no pixel differs visibly between samples. ``discriminator``: over the last tenth of training it
        told real from generated images almost without a mistake, which leaves the generator little to learn from; None
        where there are no accuracies.
    """
    last_accuracy = _last_mean(accuracies) if accuracies else None
    return {
        "generator": is_collapsed(pixels),
        "discriminator": None if last_accuracy is None else last_accuracy > _DECIDED_ACCURACY,
        "largest_pixel_deviation": largest_pixel_deviation(pixels),
        "last_discriminator_accuracy": last_accuracy,
    }


def is_collapsed(pixels: NDArray[np.uint8]) -> bool:
    """Returns whether no pixel differs visibly between images ``(images, height, width, channels)``, uint8."""
    return largest_pixel_deviation(pixels) < _SMALLEST_DEVIATION


def largest_pixel_deviation(pixels: NDArray[np.uint8]) -> float:
    """Returns the standard deviation of the pixel that varies most between images, in gray levels of 255."""
    return float(pixels.std(axis=0, dtype=np.float64).max())


def _last_mean(accuracies: Sequence[NDArray[np.floating[Any]]]) -> float:
    rows = max(1, round(_LAST_SHARE * len(accuracies[0])))
    return float(np.mean([values[-rows:] for values in accuracies], dtype=np.float64))
