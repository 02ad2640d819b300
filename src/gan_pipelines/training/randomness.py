"""All randomness is a function of (seed, stream, step), so that nothing of it needs to be stored.

A stream is named by a text that says what it is for; two streams of one seed are independent.
"""

import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Distribution = Literal["normal", "uniform"]
"""Standard normal, or uniform in [-1, 1]."""


def stream_seed(seed: int, stream: str) -> int:
    """Returns a number in [0, 2**31) for this stream of this seed, the same in every process."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1


def random_generator(seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """Returns NumPy's counter-based generator (Salmon et al., "Parallel Random Numbers", 2011) for one step."""
    return np.random.Generator(np.random.Philox(key=[stream_seed(seed, stream), step]))


def draw(
    distribution: Distribution, shape: tuple[int, ...], seed: int, stream: str, step: int = 0
) -> NDArray[np.float32]:
    """Draws float32 numbers of a distribution."""
    generator = random_generator(seed, stream, step)
    if distribution == "normal":
        return generator.standard_normal(shape, dtype=np.float32)
    return 2 * generator.random(shape, dtype=np.float32) - 1
