"""Examples of the next word, for a model that learns to predict it."""

from collections.abc import Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.headlines.parameters import ExampleKind
from gan_pipelines.headlines.vocabulary import BOUNDARY, PADDING

EncodedHeadlines: TypeAlias = Sequence[Sequence[int]]
Examples: TypeAlias = dict[str, NDArray[np.int32]]


def example_length(*encoded_sets: EncodedHeadlines) -> int:
    """Returns the length that all examples of these sets fit into: that of the longest headline and its boundary.

    Raises:
        ValueError: There are no headlines.
    """
    return 1 + max(len(headline) for encoded in encoded_sets for headline in encoded)


def make_examples(kind: ExampleKind, encoded: EncodedHeadlines, length: int) -> Examples:
    """Returns `sequence_examples` or `prefix_examples`."""
    return {"sequences": sequence_examples, "prefixes": prefix_examples}[kind](encoded, length)


def sequence_examples(encoded: EncodedHeadlines, length: int) -> Examples:
    """Makes one example of each headline: at all its positions at once, the next token is the target.

    Args:
        encoded: Ids of the words of each headline, without boundaries.
        length: Of the examples, at least that of the longest headline + 1.

    Returns:
        ``tokens`` ``(headlines, length)``: boundary, words, padding; and ``targets`` ``(headlines, length)``: words,
        boundary, padding. Both int32.

    Raises:
        ValueError: There are no headlines, or one is too long.
    """
    _check_length(encoded, length)
    stream, sizes = _stream(encoded)
    tokens = np.full((len(sizes), length), PADDING, dtype=np.int32)
    targets = np.full_like(tokens, PADDING)
    is_filled = np.arange(length) < sizes[:, None]
    tokens[is_filled] = stream
    targets[is_filled] = _next(stream)
    return {"tokens": tokens, "targets": targets}


def prefix_examples(encoded: EncodedHeadlines, length: int) -> Examples:
    """Makes one example of each beginning of each headline; the token that follows is the target.

    Their targets are class numbers: one-hot targets would take as many numbers as there are words, for each of them.

    Args:
        encoded: Ids of the words of each headline, without boundaries.
        length: Of the examples, at least that of the longest headline + 1.

    Returns:
        ``tokens`` ``(prefixes, length)``: padding, boundary, the words so far; and ``targets`` ``(prefixes,)``: the
        next word, or the boundary behind the last. Both int32, headline by headline, the shortest prefix first.

    Raises:
        ValueError: There are no headlines, or one is too long.
    """
    _check_length(encoded, length)
    stream, sizes = _stream(encoded)
    places = np.arange(stream.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tokens = np.full((stream.size, length), PADDING, dtype=np.int32)
    # Column by column: a table of positions in the stream would take twice the memory of the tokens themselves.
    for distance in range(length):
        reaching = np.flatnonzero(places >= distance)
        tokens[reaching, length - 1 - distance] = stream[reaching - distance]
    return {"tokens": tokens, "targets": _next(stream)}


def _check_length(encoded: EncodedHeadlines, length: int) -> None:
    needed = example_length(encoded)
    if length < needed:
        raise ValueError(f"Examples of length {length} are too short: the longest headline needs {needed}.")


def _stream(encoded: EncodedHeadlines) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Returns the tokens of all headlines, each after a boundary, and how many each has."""
    sizes = np.array([1 + len(headline) for headline in encoded], dtype=np.int64)
    tokens = chain.from_iterable(chain((BOUNDARY,), headline) for headline in encoded)
    return np.fromiter(tokens, dtype=np.int32, count=int(sizes.sum())), sizes


def _next(stream: NDArray[np.int32]) -> NDArray[np.int32]:
    """Returns the token behind each; the boundary that opens one headline closes the one before."""
    return np.append(stream[1:], np.int32(BOUNDARY))
