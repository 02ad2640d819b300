"""A network's outputs for many inputs."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def infer(network: keras.Model, inputs: NDArray[np.float32], batch_size: int = 256) -> list[NDArray[Any]]:
    """Runs a network in inference mode, batch by batch.

    ``Model.predict`` would trace a function for every network that is loaded, which costs more than it saves here.

    Args:
        network: With one input.
        inputs: ``(examples, ...)``.
        batch_size: Examples at a time; outputs do not depend on it beyond rounding.

    Returns:
        Each output of the network, float32, ``(examples, ...)``.
    """
    starts = range(0, len(inputs), batch_size)
    batches = [network(inputs[start : start + batch_size], training=False) for start in starts]
    batches = [batch if isinstance(batch, list | tuple) else [batch] for batch in batches]
    return [
        np.concatenate([np.asarray(output, np.float32) for output in outputs]) for outputs in zip(*batches, strict=True)
    ]
