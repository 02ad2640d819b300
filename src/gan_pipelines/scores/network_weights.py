"""What the weights of a network show: whether they keep within the bounds that a method sets them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def weight_figures(weights: Sequence[NDArray[np.floating]]) -> dict[str, float]:
    """Returns how large the weights of a network are.

    Args:
        weights: All of them; those of two dimensions and more are kernels, whose last one is the outputs.

    Returns:
        ``largest``, the largest absolute value; and of the largest singular values of the kernels, each as a matrix of
        as many columns as outputs, ``smallest_norm`` and ``largest_norm``.
    """
    kernels = [np.reshape(values, (-1, values.shape[-1])) for values in weights if values.ndim > 1]
    norms = [float(np.linalg.norm(kernel.astype(np.float64), ord=2)) for kernel in kernels]
    return {
        "largest": max(float(np.abs(values).max()) for values in weights),
        "smallest_norm": min(norms),
        "largest_norm": max(norms),
    }
