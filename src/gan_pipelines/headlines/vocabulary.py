"""Vocabulary: mapping between words and token ids."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.parameters import VocabularyParameters

PAD = 0
"""Padding id."""

EOS = 1
"""Boundary id, before the first and after the last word of a headline."""

UNK = 2
"""Id of all words that are not in the vocabulary."""

FIRST_WORD = 3
UNKNOWN_WORD = "<unknown>"


@dataclass(frozen=True)
class Vocabulary:
    """Words with consecutive ids from 3; 0 to 2 are `PAD`, `EOS` and `UNK`.

    Args:
        words: Distinct words without white space, most frequent first.

    Raises:
        ValueError: If there are no words, or one occurs twice, is empty or contains white space.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if (
            not self.words
            or len(set(self.words)) < len(self.words)
            or any(word.split() != [word] for word in self.words)
        ):
            raise ValueError("A vocabulary needs at least one word, each only once and without white space.")

    def __len__(self) -> int:
        """Returns the number of ids, including padding, boundary and unknown word."""
        return FIRST_WORD + len(self.words)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Id of each word."""
        return {word: number for number, word in enumerate(self.words, start=FIRST_WORD)}

    def encode(self, headline: str) -> list[int]:
        """Returns one id per word of a cleaned headline, `UNK` for unknown words, without boundaries."""
        return [self.index.get(word, UNK) for word in headline.split()]

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the words of these ids, separated by spaces; padding and boundaries are omitted.

        Raises:
            ValueError: If an id is out of range.
        """
        return " ".join(self._word(number) for number in ids if number not in (PAD, EOS))

    def to_json(self) -> dict[str, list[str]]:
        """Returns the JSON form ``{"words": [...]}``, the input of `from_json`."""
        return {"words": list(self.words)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Vocabulary":
        """Returns the vocabulary of a JSON form written by `to_json`.

        Raises:
            ValueError: If the content has another form.
        """
        words = content.get("words")
        if set(content) != {"words"} or not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError('A vocabulary must be stored as {"words": [...]}, a list of strings, without other keys.')
        return cls(tuple(words))

    def _word(self, number: int) -> str:
        if not UNK <= number < len(self):
            raise ValueError(f"The vocabulary has ids from 0 to {len(self) - 1}, not {number}.")
        return UNKNOWN_WORD if number == UNK else self.words[number - FIRST_WORD]


def build_vocabulary(headlines: Sequence[str], parameters: VocabularyParameters) -> Vocabulary:
    """Builds the vocabulary of cleaned training headlines, sorted by decreasing frequency, ties by code point.

    Raises:
        UserError: If no word occurs at least ``minimum_count`` times.
    """
    counts = Counter(word for headline in headlines for word in headline.split())
    frequent = [word for word, count in counts.items() if count >= parameters.minimum_count]
    if not frequent:
        raise UserError(
            f"headlines.text.vocabulary.minimum_count is {parameters.minimum_count}, but none of the {len(counts):,} "
            f"words of the {len(headlines):,} training headlines reaches it: the most frequent one occurs "
            f"{max(counts.values(), default=0)} times. Lower it, or add headlines."
        )
    frequent.sort(key=lambda word: (-counts[word], word))
    return Vocabulary(tuple(frequent[: parameters.maximum_words]))
