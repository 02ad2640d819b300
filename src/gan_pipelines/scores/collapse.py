"""Detection of mode collapse, and of a discriminator that separates real and generated images almost perfectly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SMALLEST_DEVIATION = 1.0  # in gray levels, 0 to 255; below it, no pixel differs visibly between samples
_SATURATED_ACCURACY = 0.99
_LAST_FRACTION = 0.1


def collapse_section(pixels: NDArray[np.uint8], accuracies: Sequence[NDArray[np.floating[Any]]]) -> dict[str, Any]:
    """Returns whether the generator or the discriminator has collapsed, with the metrics behind it.

    Args:
        pixels: Samples ``(images, height, width, channels)``, uint8.
        accuracies: Logged accuracies of the discriminator, in [0, 1], each ``(rows,)``: on real and on generated
            images, or on pairs of them. Empty for a critic, which does not classify.

    Returns:
        ``generator``: whether no pixel differs visibly between samples. ``discriminator``: whether its mean accuracy
        over the last tenth of the training exceeds 0.99, which leaves the generator little gradient; None without
        accuracies. And the two values that are compared with the thresholds.
    """
    last_accuracy = _last_mean(accuracies) if accuracies else None
    return {
        "generator": is_collapsed(pixels),
        "discriminator": None if last_accuracy is None else last_accuracy > _SATURATED_ACCURACY,
        "largest_pixel_deviation": largest_pixel_deviation(pixels),
        "last_discriminator_accuracy": last_accuracy,
    }


def is_collapsed(pixels: NDArray[np.uint8]) -> bool:
    """Returns whether no pixel differs visibly between images ``(images, height, width, channels)``, uint8."""
    return largest_pixel_deviation(pixels) < _SMALLEST_DEVIATION


def largest_pixel_deviation(pixels: NDArray[np.uint8]) -> float:
    """Returns the largest per-pixel standard deviation between images, in gray levels, 0 to 255."""
    return float(pixels.std(axis=0, dtype=np.float64).max())


def _last_mean(accuracies: Sequence[NDArray[np.floating[Any]]]) -> float:
    rows = max(1, round(_LAST_FRACTION * len(accuracies[0])))
    return float(np.mean([values[-rows:] for values in accuracies], dtype=np.float64))
