"""Training examples for next-word prediction."""

from collections.abc import Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.headlines.parameters import ExampleKind
from gan_pipelines.headlines.vocabulary import EOS, PAD

EncodedHeadlines: TypeAlias = Sequence[Sequence[int]]
Examples: TypeAlias = dict[str, NDArray[np.int32]]


def example_length(*encoded_sets: EncodedHeadlines) -> int:
    """Returns the common length of the examples of these sets: the words of the longest headline plus the boundary.

    Raises:
        ValueError: If there are no headlines.
    """
    return 1 + max(len(headline) for encoded in encoded_sets for headline in encoded)


def make_examples(kind: ExampleKind, encoded: EncodedHeadlines, length: int) -> Examples:
    """Returns `sequence_examples` or `prefix_examples`."""
    return {"sequences": sequence_examples, "prefixes": prefix_examples}[kind](encoded, length)


def sequence_examples(encoded: EncodedHeadlines, length: int) -> Examples:
    """Makes one example per headline, with the next token as target at every position.

    Args:
        encoded: Ids of the words of each headline, without boundaries.
        length: Length of the examples, at least the number of words of the longest headline + 1.

    Returns:
        ``tokens`` ``(headlines, length)``: boundary, words, padding; and ``targets`` ``(headlines, length)``: words,
        boundary, padding. Both int32.

    Raises:
        ValueError: If there are no headlines, or one is too long.
    """
    _check_length(encoded, length)
    stream, sizes = _stream(encoded)
    tokens = np.full((len(sizes), length), PAD, dtype=np.int32)
    targets = np.full_like(tokens, PAD)
    is_filled = np.arange(length) < sizes[:, None]
    tokens[is_filled] = stream
    targets[is_filled] = _next(stream)
    return {"tokens": tokens, "targets": targets}


def prefix_examples(encoded: EncodedHeadlines, length: int) -> Examples:
    """Makes one example per prefix of each headline, with the token that follows as target.

    Targets are class indices, because one-hot targets would take ``vocabulary`` numbers per example.

    Args:
        encoded: Ids of the words of each headline, without boundaries.
        length: Length of the examples, at least the number of words of the longest headline + 1.

    Returns:
        ``tokens`` ``(prefixes, length)``: padding, boundary, words of the prefix; and ``targets`` ``(prefixes,)``:
        the next word, or the boundary after the last word. Both int32, headline by headline, shortest prefix first.

    Raises:
        ValueError: If there are no headlines, or one is too long.
    """
    _check_length(encoded, length)
    stream, sizes = _stream(encoded)
    positions = np.arange(stream.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tokens = np.full((stream.size, length), PAD, dtype=np.int32)
    # Column by column: an int64 index matrix into the stream would take twice the memory of the tokens.
    for distance in range(length):
        rows = np.flatnonzero(positions >= distance)
        tokens[rows, length - 1 - distance] = stream[rows - distance]
    return {"tokens": tokens, "targets": _next(stream)}


def _check_length(encoded: EncodedHeadlines, length: int) -> None:
    needed = example_length(encoded)
    if length < needed:
        raise ValueError(f"Examples of length {length} are too short: the longest headline needs {needed}.")


def _stream(encoded: EncodedHeadlines) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Returns the concatenated tokens of all headlines, each preceded by a boundary, and the lengths."""
    sizes = np.array([1 + len(headline) for headline in encoded], dtype=np.int64)
    tokens = chain.from_iterable(chain((EOS,), headline) for headline in encoded)
    return np.fromiter(tokens, dtype=np.int32, count=int(sizes.sum())), sizes


def _next(stream: NDArray[np.int32]) -> NDArray[np.int32]:
    """Returns the next token at each position; the start boundary of a headline is the end of the previous one."""
    return np.append(stream[1:], np.int32(EOS))
