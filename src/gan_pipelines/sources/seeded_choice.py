"""Random subset of items that depends only on their number, the limit and the seed."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.randomness import random_generator


def seeded_subset(count: int, limit: int | None, seed: int) -> NDArray[np.int64]:
    """Returns the sorted indices of ``limit`` out of ``count`` items; all indices if there is no limit."""
    if limit is None or limit >= count:
        return np.arange(count, dtype=np.int64)
    return np.sort(random_generator(seed, "subset").choice(count, size=limit, replace=False))
