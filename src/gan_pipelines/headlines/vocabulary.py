"""Words and their ids."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.parameters import VocabularyParameters

PADDING = 0
"""Fills examples up to their common length."""

BOUNDARY = 1
"""Stands before the first and behind the last word of a headline."""

UNKNOWN = 2
"""Stands for every word that is not in the vocabulary."""

FIRST_WORD = 3
UNKNOWN_WORD = "<unknown>"


@dataclass(frozen=True)
class Vocabulary:
    """Words that have an id: the first one 3, then upwards; 0 to 2 are `PADDING`, `BOUNDARY` and `UNKNOWN`.

    Args:
        words: Distinct, without white space, the most frequent first.

    Raises:
        ValueError: There is none, one occurs twice, or one is empty or has white space in it.
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
        """Returns the number of ids, those of padding, boundary and unknown words included."""
        return FIRST_WORD + len(self.words)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The id of each word."""
        return {word: number for number, word in enumerate(self.words, start=FIRST_WORD)}

    def encode(self, headline: str) -> list[int]:
        """Returns one id for each word of a cleaned headline, `UNKNOWN` for those it does not have; no boundaries."""
        return [self.index.get(word, UNKNOWN) for word in headline.split()]

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the words of these ids with spaces between; paddings and boundaries give none.

        Raises:
            ValueError: There is no such id.
        """
        return " ".join(self._word(number) for number in ids if number not in (PADDING, BOUNDARY))

    def to_json(self) -> dict[str, list[str]]:
        """Returns what `from_json` takes: ``{"words": [...]}``."""
        return {"words": list(self.words)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Vocabulary":
        """Returns the vocabulary that `to_json` wrote.

        Raises:
            ValueError: The content is something else.
        """
        words = content.get("words")
        if set(content) != {"words"} or not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError('A vocabulary is stored as {"words": [...]}, a list of texts, and as nothing else.')
        return cls(tuple(words))

    def _word(self, number: int) -> str:
        if not UNKNOWN <= number < len(self):
            raise ValueError(f"The vocabulary has ids from 0 to {len(self) - 1}, not {number}.")
        return UNKNOWN_WORD if number == UNKNOWN else self.words[number - FIRST_WORD]


def build_vocabulary(headlines: Sequence[str], parameters: VocabularyParameters) -> Vocabulary:
    """Collects the words of cleaned training headlines, the most frequent first, equally frequent ones by code point.

    Raises:
        UserError: No word occurs often enough.
    """
    counts = Counter(word for headline in headlines for word in headline.split())
    frequent = [word for word, count in counts.items() if count >= parameters.minimum_count]
    if not frequent:
        raise UserError(
            f"headlines.text.vocabulary.minimum_count is {parameters.minimum_count}, but none of the {len(counts):,} "
            f"words of the {len(headlines):,} training headlines occurs so often: the most frequent one occurs "
            f"{max(counts.values(), default=0)} times. Lower it, or give more headlines."
        )
    frequent.sort(key=lambda word: (-counts[word], word))
    return Vocabulary(tuple(frequent[: parameters.maximum_words]))
