"""Random numbers as functions of (seed, stream, step), so that no random state needs to be stored.

A stream is identified by a text that describes its purpose; different streams of one seed are independent.
"""

import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Distribution = Literal["normal", "uniform"]
"""Standard normal, or uniform in [-1, 1]."""


def stream_seed(seed: int, stream: str) -> int:
    """Returns a seed in [0, 2**31) for a stream, the same in every process."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1


def random_generator(seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """Returns NumPy's counter-based generator (Salmon et al., "Parallel Random Numbers", 2011) for one step."""
    return np.random.Generator(np.random.Philox(key=[stream_seed(seed, stream), step]))


def draw(
    distribution: Distribution, shape: tuple[int, ...], seed: int, stream: str, step: int = 0
) -> NDArray[np.float32]:
    """Draws float32 numbers from a distribution."""
    return _numbers(random_generator(seed, stream, step), distribution, shape)


def draw_within(
    limit: float, distribution: Distribution, shape: tuple[int, ...], seed: int, stream: str
) -> NDArray[np.float32]:
    """Draws like `draw`, and resamples numbers outside [-limit, limit] until they are inside.

    This is the truncation trick of Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity Natural
    Image Synthesis", 2019. Numbers of `draw` that are inside are kept, and the first rows do not depend on the number
    of rows.

    Args:
        limit: Truncation limit, > 0; a smaller limit needs more resampling.
        distribution: Distribution before truncation.
        shape: Shape of the result.
        seed: Seed of the stream.
        stream: Purpose of the numbers.
    """
    numbers = draw(distribution, shape, seed, stream).ravel()
    outside = np.flatnonzero(np.abs(numbers) > limit)
    # The state of the first generator depends on the number of rows; with it, the first rows would depend on it too.
    resampling = random_generator(seed, f"{stream}/again")
    while len(outside):
        drawn = _numbers(resampling, distribution, outside.shape)
        inside = drawn[np.abs(drawn) <= limit]
        numbers[outside[: len(inside)]] = inside
        outside = outside[len(inside) :]
    return numbers.reshape(shape)


def _numbers(generator: np.random.Generator, distribution: Distribution, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if distribution == "normal":
        return generator.standard_normal(shape, dtype=np.float32)
    return 2 * generator.random(shape, dtype=np.float32) - 1
