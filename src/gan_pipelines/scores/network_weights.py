"""Largest weights and spectral norms of a network, for methods that bound them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def weight_norms(weights: Sequence[NDArray[np.floating]]) -> dict[str, float]:
    """Returns the largest weight of a network and the range of its kernels' spectral norms.

    Args:
        weights: All weights; those with two or more dimensions are kernels, whose last axis is the outputs.

    Returns:
        ``largest``, the largest absolute value; ``smallest_norm`` and ``largest_norm``, the extremes of the largest
        singular values of the kernels, each reshaped to a matrix with one column per output.
    """
    kernels = [np.reshape(values, (-1, values.shape[-1])) for values in weights if values.ndim > 1]
    norms = [float(np.linalg.norm(kernel.astype(np.float64), ord=2)) for kernel in kernels]
    return {
        "largest": max(float(np.abs(values).max()) for values in weights),
        "smallest_norm": min(norms),
        "largest_norm": max(norms),
    }
