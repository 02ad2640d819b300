"""A network's outputs for many inputs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.configured_keras import keras

_PIXELS_A_BATCH = 2**18  # 334 images of 28x28, 28 of 96x96: features of one layer stay below about 150 MB


def infer(
    network: keras.Model, inputs: NDArray[np.float32] | Sequence[NDArray[np.float32]], batch_size: int | None = None
) -> list[NDArray[Any]]:
    """Runs a network in inference mode, batch by batch.

    ``Model.predict`` would trace a function for every network that is loaded, which costs more than it saves here.

    Args:
        network: With one input or several.
        inputs: ``(examples, ...)``; of several inputs, one each.
        batch_size: Examples at a time; outputs do not depend on it beyond rounding. Without one, up to 256, fewer of
            large images.

    Returns:
        Each output of the network, float32, ``(examples, ...)``.
    """
    batch_size = batch_size or _batch_size(network)
    parts = [inputs] if isinstance(inputs, np.ndarray) else inputs
    slices = [slice(start, start + batch_size) for start in range(0, len(parts[0]), batch_size)]
    fed = [[part[these] for part in parts] for these in slices]
    batches = [network(batch if len(batch) > 1 else batch[0], training=False) for batch in fed]
    batches = [batch if isinstance(batch, list | tuple) else [batch] for batch in batches]
    return [
        np.concatenate([np.asarray(output, np.float32) for output in outputs]) for outputs in zip(*batches, strict=True)
    ]


def _batch_size(network: keras.Model) -> int:
    shapes = [tensor.shape for tensor in (*network.inputs, *network.outputs)]
    largest = max(shape[1] * shape[2] if len(shape) == 4 else 1 for shape in shapes)
    return max(1, min(256, _PIXELS_A_BATCH // largest))
