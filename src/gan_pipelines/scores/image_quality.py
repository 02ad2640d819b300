"""Errors and similarities of pictures and the true pictures, one number per picture, in NumPy.

Pictures are uint8, or float64 in [0, 255] such as those of ``luminance``. Each number is of one picture, with all its
pixels and channels; average them over the pictures.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8] | NDArray[np.float64]
"""``(pictures, height, width, channels)`` in [0, 255]."""

MAXIMUM_DECIBELS = 100.0
"""Peak signal-to-noise ratio of equal pictures, which would be infinite, and the upper limit of all others."""

WINDOW_SIZE = 11
"""Side of the windows of the structural similarity, so the smallest side of a picture."""

_LARGEST = 255.0
_WINDOW_DEVIATION = 1.5
_C1, _C2 = (0.01 * _LARGEST) ** 2, (0.03 * _LARGEST) ** 2


def mean_absolute_error(pictures: Pictures, truths: Pictures) -> NDArray[np.float64]:
    """Returns the mean of |picture - truth| / 255 of each picture ``(pictures,)``, from 0 to 1.

    Args:
        pictures: ``(pictures, height, width, channels)`` in [0, 255].
        truths: The same shape and range.

    Raises:
        ValueError: If the shapes differ, or there are no pixels.
    """
    return _each(lambda picture, truth: float(np.abs(picture - truth).mean()) / _LARGEST, pictures, truths)


def peak_signal_to_noise_ratio(pictures: Pictures, truths: Pictures) -> NDArray[np.float64]:
    """Returns 10 log10(255² / mean squared error) of each picture ``(pictures,)``, in dB and at most 100.

    Args:
        pictures: ``(pictures, height, width, channels)`` in [0, 255].
        truths: The same shape and range.

    Raises:
        ValueError: If the shapes differ, or there are no pixels.
    """
    return _each(_decibels, pictures, truths)


def structural_similarity(pictures: Pictures, truths: Pictures) -> NDArray[np.float64]:
    """Returns the structural similarity of each picture ``(pictures,)``, from -1 to 1; equal pictures have 1.

    Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity",
    2004: Gaussian windows of 11x11 pixels with a standard deviation of 1.5, K1 0.01, K2 0.03, variances of populations,
    the mean over all windows that lie inside the picture, and over the channels.

    Args:
        pictures: ``(pictures, height, width, channels)`` in [0, 255].
        truths: The same shape and range.

    Raises:
        ValueError: If the shapes differ, there are no pixels, or a side has fewer than 11.
    """
    if pictures.ndim == 4 and min(pictures.shape[1:3]) < WINDOW_SIZE:
        raise ValueError(
            f"The structural similarity needs pictures of at least {WINDOW_SIZE}x{WINDOW_SIZE} pixels, not "
            f"{pictures.shape[1]}x{pictures.shape[2]}."
        )
    return _each(_similarity, pictures, truths)


def luminance(pictures: NDArray[np.uint8], border: int = 0) -> NDArray[np.float64]:
    """Returns the luminance ITU-R BT.601 in [16, 235], on which papers on super-resolution measure.

    It raises the peak signal-to-noise ratio, so compare only with others of luminance.

    Args:
        pictures: ``(pictures, height, width, channels)`` with 1 or 3 channels, uint8.
        border: Pixels to cut off at each side; 4 in Ledig et al. 2016.

    Returns:
        ``(pictures, height - 2 border, width - 2 border, 1)``, not rounded.

    Raises:
        ValueError: If there are other numbers of channels, or the border leaves nothing.
    """
    if pictures.ndim != 4 or pictures.shape[-1] not in (1, 3) or not 0 <= 2 * border < min(pictures.shape[1:3]):
        raise ValueError(
            "Luminance needs pictures (pictures, height, width, 1 or 3) larger than twice the border, not "
            f"{pictures.shape} with a border of {border}."
        )
    inside = pictures[:, border : pictures.shape[1] - border, border : pictures.shape[2] - border]
    colours = np.broadcast_to(inside, (*inside.shape[:3], 3))
    return np.asarray(colours @ (np.array([[65.738], [129.057], [25.064]]) / 256) + 16)


def _each(
    measure: Callable[[NDArray[np.float64], NDArray[np.float64]], float], pictures: Pictures, truths: Pictures
) -> NDArray[np.float64]:
    """Measures picture by picture: few float64 at once, which fit into the processor's cache."""
    if pictures.ndim != 4 or pictures.shape != truths.shape or 0 in pictures.shape:
        raise ValueError(
            "Pictures and truths must have the same shape (pictures, height, width, channels) and at least 1 pixel, "
            f"not {pictures.shape} and {truths.shape}."
        )
    pairs = zip(pictures, truths, strict=True)
    return np.array([measure(picture.astype(np.float64), truth.astype(np.float64)) for picture, truth in pairs])


def _decibels(picture: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    error = float(np.square(picture - truth).mean())
    return min(MAXIMUM_DECIBELS, 10 * float(np.log10(_LARGEST**2 / error))) if error else MAXIMUM_DECIBELS


def _similarity(picture: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    mean, true_mean = _blurred(picture), _blurred(truth)
    product, squares = mean * true_mean, mean**2 + true_mean**2
    covariance = _blurred(picture * truth) - product
    variances = _blurred(picture**2 + truth**2) - squares
    similarity = (2 * product + _C1) * (2 * covariance + _C2) / ((squares + _C1) * (variances + _C2))
    return float(similarity.mean())


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the Gaussian means of all windows inside ``(height, width, channels)``."""
    offsets = np.arange(WINDOW_SIZE) - WINDOW_SIZE // 2
    weights = np.exp(-0.5 * (offsets / _WINDOW_DEVIATION) ** 2)
    weights /= weights.sum()
    height, width = values.shape[0] - WINDOW_SIZE + 1, values.shape[1] - WINDOW_SIZE + 1
    rows = sum(weight * values[start : start + height] for start, weight in enumerate(weights))
    return np.asarray(sum(weight * rows[:, start : start + width] for start, weight in enumerate(weights)))
