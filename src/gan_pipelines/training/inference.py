"""Inference in batches."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.configured_keras import keras

_PIXELS_PER_BATCH = 2**18  # 334 images of 28x28, 28 of 96x96: the features of one layer stay below about 150 MB


def infer(
    network: keras.Model, inputs: NDArray[Any] | Sequence[NDArray[Any]], batch_size: int | None = None
) -> list[NDArray[Any]]:
    """Runs a network in inference mode, batch by batch.

    ``Model.predict`` would trace a function for every loaded network, which takes longer than it saves here.

    Args:
        network: A network with one or more inputs.
        inputs: Inputs ``(examples, ...)``; one array per input of the network.
        batch_size: Examples per batch; affects outputs only by rounding. Default: 256, fewer for large images.

    Returns:
        Each output of the network, float32, ``(examples, ...)``.
    """
    arrays = [inputs] if isinstance(inputs, np.ndarray) else inputs
    batch_size = batch_size or _batch_size(network, arrays)
    slices = [slice(start, start + batch_size) for start in range(0, len(arrays[0]), batch_size)]
    batches = [[array[window] for array in arrays] for window in slices]
    results = [network(batch if len(batch) > 1 else batch[0], training=False) for batch in batches]
    results = [result if isinstance(result, list | tuple) else [result] for result in results]
    return [
        np.concatenate([np.asarray(output, np.float32) for output in outputs]) for outputs in zip(*results, strict=True)
    ]


def _batch_size(network: keras.Model, arrays: Sequence[NDArray[Any]]) -> int:
    shapes = [tensor.shape for tensor in network.outputs] + [array.shape for array in arrays]
    # A network for images of any size does not tell that of its outputs.
    largest = max(shape[1] * shape[2] if len(shape) == 4 and shape[1] else 1 for shape in shapes)
    return max(1, min(256, _PIXELS_PER_BATCH // largest))
