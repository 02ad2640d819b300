"""Vocabulary of captions, and their token ids."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.caption_words import words_of
from gan_pipelines.errors import UserError
from gan_pipelines.headlines.vocabulary import PAD, Vocabulary

MAXIMUM_WORDS = 20_000
"""Maximum size of a vocabulary; the most frequent words are kept."""
MAXIMUM_LENGTH = 64
"""Maximum number of words of a caption that are read."""


def caption_vocabulary(captions: Iterable[str]) -> Vocabulary:
    """Returns all words of captions, the most frequent first, ties by code point.

    Raises:
        UserError: If no caption has a word.
    """
    counts = Counter(word for caption in captions for word in words_of(caption))
    if not counts:
        raise UserError(
            "images.captions: no caption has a word of letters or digits. Describe the pictures in words, or set "
            "images.captions.path to the file that does."
        )
    return Vocabulary(tuple(sorted(counts, key=lambda word: (-counts[word], word))[:MAXIMUM_WORDS]))


def unknown_words(captions: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Returns the different words that the vocabulary lacks, in the order of their first occurrence."""
    found = (word for caption in captions for word in words_of(caption))
    return tuple(dict.fromkeys(word for word in found if word not in vocabulary.index))


def token_ids(captions: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Returns the ids of the first words of each caption ``(captions, MAXIMUM_LENGTH)``, padded at the end.

    Words that the vocabulary lacks are left out: no training could give them a meaning.
    """
    ids = np.full((len(captions), MAXIMUM_LENGTH), PAD, np.int32)
    for row, caption in zip(ids, captions, strict=True):
        found = [vocabulary.index[word] for word in words_of(caption) if word in vocabulary.index][:MAXIMUM_LENGTH]
        row[: len(found)] = found
    return ids
