"""Several wordings of each picture's caption, of which a training draws one in each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from gan_pipelines.training.backend import Key, Tensor, random_tensor


@dataclass(frozen=True)
class Wordings:
    """Wordings of captions, as vectors or token ids.

    Args:
        values: ``(captions, most wordings, size)``; captions of fewer wordings repeat theirs.
        counts: How many wordings of each caption are different ``(captions,)``, int64.
    """

    values: NDArray[Any]
    counts: NDArray[np.int64]


def repeated(captions: Sequence[Sequence[str]]) -> tuple[list[list[str]], NDArray[np.int64]]:
    """Returns equally many wordings for each picture, by repeating its own, and how many of them are different."""
    most = max(len(each) for each in captions)
    counts = np.array([len(each) for each in captions], np.int64)
    return [[each[number % len(each)] for number in range(most)] for each in captions], counts


def drawn_wording(values: Tensor, counts: Tensor, key: Key) -> Tensor:
    """Returns one wording of each caption ``(batch, size)``, each of the different ones equally often.

    Args:
        values: As in `Wordings` ``(batch, most wordings, size)``.
        counts: Likewise ``(batch,)``.
        key: Key of the step.
    """
    fraction = (random_tensor(key, "wording", (values.shape[0],), "uniform") + 1.0) / 2.0
    drawn = ops.cast(ops.floor(fraction * ops.cast(counts, "float32")), "int32")
    chosen = ops.minimum(drawn, ops.cast(counts, "int32") - 1)
    return ops.take_along_axis(values, chosen[:, None, None], axis=1)[:, 0]
