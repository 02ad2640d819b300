"""How well a language model foresees held-out text: perplexity, bits per character, words it cannot know."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BOUNDARY = 1
"""The id that stands for the start and for the end of a headline."""
UNKNOWN = 2
"""The id that stands for every word that is not in the vocabulary."""

_ROUNDING = 1e-5
"""How far above 0 a log probability of a certain token may come to lie in single precision."""


def perplexity(log_probabilities: NDArray[np.floating]) -> float:
    """Returns exp(mean negative log probability): between how many tokens a model hesitates on average.

    Each token weighs the same, whatever headline or batch it stands in. A uniform model gets the number of tokens it
    chooses from. Tokens that count as one unknown word are easy, so values compare only at equal vocabularies.

    Args:
        log_probabilities: Natural logarithms, one for each token of the text with the end of each headline and without
            padding, ``(tokens,)``.

    Returns:
        A number >= 1, up to rounding; infinite where a token had no probability.

    Raises:
        ValueError: There are no tokens, or a value is undefined or positive.
    """
    with np.errstate(over="ignore"):
        return float(np.exp(-_checked(log_probabilities).mean()))


def bits_per_character(log_probabilities: NDArray[np.floating], characters: int) -> float:
    """Returns how many bits the model needs for a character of the text.

    Args:
        log_probabilities: As for the perplexity, ``(tokens,)``.
        characters: Of the same text (see `count_characters`).

    Raises:
        ValueError: As for the perplexity, or there are no characters.
    """
    if characters < 1:
        raise ValueError(f"Bits per character take at least one character, not {characters}.")
    return float(-_checked(log_probabilities).sum() / np.log(2) / characters)


def count_characters(headlines: Sequence[Sequence[str]], encoded: Sequence[Sequence[int]]) -> int:
    """Returns the number of characters that a model of words has foreseen.

    Those are the letters of known words, a space between words, and one end for each headline. The letters of unknown
    words are left out, as the model has not spelled them, while the bits of their ids count. Vocabularies that know
    different shares of the words therefore compare only roughly.

    Args:
        headlines: Words of each headline.
        encoded: Their ids, as many for each headline as it has words.

    Raises:
        ValueError: The words and the ids of a headline differ in number.
    """
    characters = 0
    for words, ids in zip(headlines, encoded, strict=True):
        letters = sum(len(word) for word, token in zip(words, ids, strict=True) if token != UNKNOWN)
        characters += letters + max(len(words), 1)
    return characters


def out_of_vocabulary_rate(encoded: Sequence[Sequence[int]]) -> float:
    """Returns which share of the words, ends not counted, are unknown; 0 without words.

    Args:
        encoded: Ids of the words of each headline.
    """
    unknown = [token == UNKNOWN for ids in encoded for token in ids]
    return float(np.mean(unknown)) if unknown else 0.0


def _checked(log_probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Returns log probabilities in double precision, or raises a ValueError that says what is wrong with them."""
    values = np.asarray(log_probabilities, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"The log probabilities must be one for each of the tokens, not of the shape {values.shape}.")
    # Written so that an undefined value is bad too.
    if bad := int(np.count_nonzero(~(values <= _ROUNDING))):
        raise ValueError(f"{bad:,} of {values.size:,} log probabilities are undefined or positive.")
    return values
