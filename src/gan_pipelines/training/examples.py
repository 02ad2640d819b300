"""What a training learns from: arrays in memory, or pixels that stay on the disk and are read step by step."""

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.training.configured_keras import keras

Examples: TypeAlias = NDArray[Any] | StoredPixels
"""Of one kind, ``(examples, ...)``."""

Piece: TypeAlias = tuple[int, NDArray[np.int32], dict[str, NDArray[np.uint8]]]
"""The place of its first step, the examples of its steps, and their pixels where these are stored."""

_BYTES_A_PIECE = 2**25  # two pieces are held at a time: the one that is learnt and the one that is read


def pieces(examples: Mapping[str, Examples], indices: NDArray[np.int32], longest: int | None = None) -> Iterator[Piece]:
    """Divides steps into pieces, and reads the stored pixels of the next piece while one is learnt.

    Args:
        examples: By name.
        indices: Examples of each step ``(steps, batches, batch)``.
        longest: Steps of a piece, at most.
    """
    stored = {name: kept for name, kept in examples.items() if isinstance(kept, StoredPixels)}
    steps = min(_steps_a_piece(stored, indices), longest or len(indices))
    parts = [(begin, indices[begin : begin + steps]) for begin in range(0, len(indices), max(1, steps))]
    if not stored or not parts:
        yield from ((begin, part, {}) for begin, part in parts)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="reading") as reader:
        reading = reader.submit(_read, stored, parts[0][1])
        for (begin, part), following in zip(parts, [*parts[1:], None], strict=True):
            read = reading.result()
            if following is not None:
                reading = reader.submit(_read, stored, following[1])
            yield begin, part, read


def normalised(pixels: Any) -> Any:  # noqa: ANN401  tensors have no type
    """Returns pixels in [-1, 1] for bytes, of any shape, to the bit as `normalise` does.

    By a table, since compilers may multiply where a division is written.
    """
    table = keras.ops.convert_to_tensor(normalise(np.arange(256, dtype=np.uint8)))
    return keras.ops.take(table, keras.ops.cast(pixels, "int32"))


def _steps_a_piece(stored: Mapping[str, StoredPixels], indices: NDArray[np.int32]) -> int:
    bytes_a_step = sum(int(np.prod(kept.shape[1:])) for kept in stored.values()) * int(np.prod(indices.shape[1:]))
    return max(1, _BYTES_A_PIECE // bytes_a_step) if bytes_a_step else len(indices)


def _read(stored: Mapping[str, StoredPixels], indices: NDArray[np.int32]) -> dict[str, NDArray[np.uint8]]:
    return {name: kept.bytes_at(indices) for name, kept in stored.items()}


def content_sha256(examples: Examples) -> str:
    """Returns the SHA-256 of examples as numbers, the same wherever they are kept."""
    if isinstance(examples, StoredPixels):
        return examples.sha256()
    return hashlib.sha256(examples.tobytes()).hexdigest()
