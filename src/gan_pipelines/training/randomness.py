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
    return _numbers(random_generator(seed, stream, step), distribution, shape)


def draw_within(
    limit: float, distribution: Distribution, shape: tuple[int, ...], seed: int, stream: str
) -> NDArray[np.float32]:
    """Draws as `draw` does, and each number outside [-limit, limit] again until it lies inside.

    The truncation of Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity Natural Image Synthesis",
    2019. Numbers that lie inside at once are those of `draw`, and the first rows of many are the rows of few.

    Args:
        limit: Above 0; the smaller it is, the more is drawn in vain.
        distribution: What the numbers follow but for the limit.
        shape: Of the numbers.
        seed: Of the project's randomness.
        stream: What the numbers are for.
    """
    numbers = draw(distribution, shape, seed, stream).ravel()
    outside = np.flatnonzero(np.abs(numbers) > limit)
    # The generator of the first draw stands where their count left it, and would give the first rows of many others.
    again = random_generator(seed, f"{stream}/again")
    while len(outside):
        drawn = _numbers(again, distribution, outside.shape)
        inside = drawn[np.abs(drawn) <= limit]
        numbers[outside[: len(inside)]] = inside
        outside = outside[len(inside) :]
    return numbers.reshape(shape)


def _numbers(generator: np.random.Generator, distribution: Distribution, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if distribution == "normal":
        return generator.standard_normal(shape, dtype=np.float32)
    return 2 * generator.random(shape, dtype=np.float32) - 1
