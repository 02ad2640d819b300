"""Perplexity, bits per character and out-of-vocabulary rate of a language model on held-out text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EOS = 1
"""Id of the boundary token, at the start and the end of a headline."""
UNK = 2
"""Id of all words outside the vocabulary."""

_ROUNDING = 1e-5
"""Largest value above 0 that a log probability may have, from rounding in single precision."""


def perplexity(log_probabilities: NDArray[np.floating]) -> float:
    """Returns the perplexity, exp(mean negative log probability).

    All tokens have the same weight, regardless of headline and batch. A uniform model scores the number of possible
    tokens. Words mapped to the unknown id are easy to predict, so values compare only at equal vocabularies.

    Args:
        log_probabilities: Natural logarithms for all tokens, with the end of each headline and without padding,
            ``(tokens,)``.

    Returns:
        A number >= 1, up to rounding; infinite if a token has probability 0.

    Raises:
        ValueError: If there are no tokens, or a value is undefined or positive.
    """
    with np.errstate(over="ignore"):
        return float(np.exp(-_checked(log_probabilities).mean()))


def bits_per_character(log_probabilities: NDArray[np.floating], characters: int) -> float:
    """Returns the negative log2 likelihood of the text divided by its number of characters.

    Args:
        log_probabilities: As for the perplexity, ``(tokens,)``.
        characters: Number of characters of the same text (see `count_characters`).

    Raises:
        ValueError: As for the perplexity, or if there are no characters.
    """
    if characters < 1:
        raise ValueError(f"Bits per character need at least one character, not {characters}.")
    return float(-_checked(log_probabilities).sum() / np.log(2) / characters)


def count_characters(headlines: Sequence[Sequence[str]], encoded: Sequence[Sequence[int]]) -> int:
    """Returns the number of characters that a word-level model predicts.

    Counted are the letters of known words, a space between words, and one end per headline. Letters of unknown words
    are excluded, as the model does not predict them, while the bits of their ids are included. So bits per character
    compare only roughly between vocabularies with different out-of-vocabulary rates.

    Args:
        headlines: Words of each headline.
        encoded: Word ids of each headline, one per word.

    Raises:
        ValueError: If the numbers of words and ids of a headline differ.
    """
    characters = 0
    for words, ids in zip(headlines, encoded, strict=True):
        letters = sum(len(word) for word, token in zip(words, ids, strict=True) if token != UNK)
        characters += letters + max(len(words), 1)
    return characters


def out_of_vocabulary_rate(encoded: Sequence[Sequence[int]]) -> float:
    """Returns the fraction of words that are unknown, excluding headline ends; 0 without words.

    Args:
        encoded: Word ids of each headline.
    """
    unknown = [token == UNK for ids in encoded for token in ids]
    return float(np.mean(unknown)) if unknown else 0.0


def _checked(log_probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Returns log probabilities in double precision, after validation."""
    values = np.asarray(log_probabilities, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"The log probabilities need the shape (tokens,) and at least one token, not {values.shape}.")
    # Written so that NaN is invalid too.
    if invalid := int(np.count_nonzero(~(values <= _ROUNDING))):
        raise ValueError(f"{invalid:,} of {values.size:,} log probabilities are undefined or positive.")
    return values
