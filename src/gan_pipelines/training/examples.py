"""Training examples: arrays in memory, or pixels on disk that are read step by step."""

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.training.configured_keras import keras

Examples: TypeAlias = NDArray[Any] | StoredPixels
"""Examples of one kind, ``(examples, ...)``."""

PrefetchedSteps: TypeAlias = tuple[int, NDArray[np.int32], dict[str, NDArray[np.uint8]]]
"""A chunk of steps: index of its first step, example indices of its steps, and pixels of the stored examples."""

_PREFETCHED_BYTES = 2**25  # two chunks are in memory at a time: the current one and the next one


def prefetch(
    examples: Mapping[str, Examples], indices: NDArray[np.int32], longest: int | None = None
) -> Iterator[PrefetchedSteps]:
    """Splits steps into chunks, and reads the stored pixels of the next chunk during training on the current one.

    Args:
        examples: Examples by name.
        indices: Example indices of each step, ``(steps, batches, batch)``.
        longest: Maximum number of steps per chunk. Default: limited by memory only.
    """
    stored = {name: values for name, values in examples.items() if isinstance(values, StoredPixels)}
    steps = min(_prefetched_steps(stored, indices), longest or len(indices))
    chunks = [(begin, indices[begin : begin + steps]) for begin in range(0, len(indices), max(1, steps))]
    if not stored or not chunks:
        yield from ((begin, chunk, {}) for begin, chunk in chunks)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="reading") as reader:
        reading = reader.submit(_read, stored, chunks[0][1])
        for (begin, chunk), next_chunk in zip(chunks, [*chunks[1:], None], strict=True):
            pixels = reading.result()
            if next_chunk is not None:
                reading = reader.submit(_read, stored, next_chunk[1])
            yield begin, chunk, pixels


def decode_pixels(pixels: Any) -> Any:  # noqa: ANN401  tensors have no type
    """Converts bytes of any shape to pixels in [-1, 1], bit for bit as `normalise` does.

    Uses a lookup table, because compilers may replace the division by a multiplication.
    """
    table = keras.ops.convert_to_tensor(normalise(np.arange(256, dtype=np.uint8)))
    return keras.ops.take(table, keras.ops.cast(pixels, "int32"))


def _prefetched_steps(stored: Mapping[str, StoredPixels], indices: NDArray[np.int32]) -> int:
    bytes_per_step = sum(int(np.prod(pixels.shape[1:])) for pixels in stored.values()) * int(np.prod(indices.shape[1:]))
    return max(1, _PREFETCHED_BYTES // bytes_per_step) if bytes_per_step else len(indices)


def _read(stored: Mapping[str, StoredPixels], indices: NDArray[np.int32]) -> dict[str, NDArray[np.uint8]]:
    return {name: pixels.bytes_at(indices) for name, pixels in stored.items()}


def content_sha256(examples: Examples) -> str:
    """Returns the SHA-256 of the examples' values, the same in memory and on disk."""
    if isinstance(examples, StoredPixels):
        return examples.sha256()
    return hashlib.sha256(examples.tobytes()).hexdigest()
