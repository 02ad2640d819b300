"""Bicubic enlargement within a network."""

import numpy as np
from keras import ops
from numpy.typing import NDArray

from gan_pipelines.training.configured_keras import keras

REACH = 2
"""Distance in source pixels within which a source pixel affects the enlarged image."""

_TAPS = 2 * REACH + 1  # pixels in a row that are less than 2 away from some place in the middle one


def enlarged_bicubically(source: keras.KerasTensor, scale: int) -> keras.KerasTensor:
    """Enlarges images as Pillow's bicubic filter does, by a convolution with a constant kernel.

    Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, with a = -0.5. Keras's resizing and
    bicubic upsampling cannot be compiled by XLA on TensorFlow. The operations are no layers, so they compute in the
    precision of the source, in mixed precision too.

    Args:
        source: Images ``(batch, height, width, channels)`` of any size.
        scale: Factor of height and width, at least 2.

    Returns:
        Images ``(batch, scale * height, scale * width, channels)``.
    """
    # Pixels outside the image count as 0 in the sums, and not at all in the means of those inside.
    return _weighted_sums(source, scale) / _weighted_sums(ops.ones_like(source), scale)


def _weighted_sums(x: keras.KerasTensor, scale: int) -> keras.KerasTensor:
    weights, channels = _cubic_weights(scale), x.shape[-1]
    # Each channel by itself; those of the finer pixels of a square lie side by side, as `depth_to_space` takes them.
    kernel = np.einsum("ya,xb,cd->abcyxd", weights, weights, np.eye(channels))
    kernel = kernel.reshape(_TAPS, _TAPS, channels, scale * scale * channels).astype(np.float32)
    return ops.nn.depth_to_space(ops.conv(x, kernel, padding="same"), scale)


def _cubic_weights(scale: int) -> NDArray[np.float64]:
    """Returns the weights of the nearest pixels for each of the finer pixels of a square, ``(scale, taps)``."""
    place = (np.arange(scale)[:, None] + 0.5) / scale - 0.5  # relative to the centre of the square
    distance = np.abs(np.arange(_TAPS) - _TAPS // 2 - place)
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0))
