"""The trigram model that a neural language model has to beat on the same tokens.

Interpolated Kneser-Ney smoothing as in Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language
Modeling", 1998: of each count a discount goes to the next shorter context, and shorter contexts count after how many
different words a word was seen rather than how often (Kneser and Ney, "Improved Backing-off for M-gram Language
Modeling", 1995). Two boundaries stand before the first word; single words share with a uniform choice.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.language import BOUNDARY

Discounts: TypeAlias = Literal["modified", "single"]
"""Three for counts of 1, of 2 and of more (Chen and Goodman), or one for all (Kneser and Ney)."""

_LARGEST_VOCABULARY = 2_000_000  # the cube must fit into 64 bits
_LAST_RESORT = 0.5  # the discount where the counts of counts give none


class KneserNeyTrigram:
    """Probabilities of each word after the two before it.

    Over all ids but padding, the probabilities after any two tokens sum to 1, and none is 0.

    Args:
        encoded_training: Ids of the words of each headline, without boundaries.
        vocabulary_size: The number of ids with padding, boundary and unknown.
        discounts: Without them, those that foresee every tenth training headline better from the others: on text of few
            patterns a single one may win clearly, and a weak opponent proves nothing.

    Raises:
        ValueError: There are no headlines, an id is no word's, or the vocabulary is too large.
    """

    def __init__(
        self, encoded_training: Sequence[Sequence[int]], vocabulary_size: int, discounts: Discounts | None = None
    ) -> None:
        if not encoded_training:
            raise ValueError("A trigram model takes at least one headline.")
        if vocabulary_size > _LARGEST_VOCABULARY:
            raise ValueError(f"A vocabulary of {vocabulary_size:,} is too large; {_LARGEST_VOCABULARY:,} is possible.")
        self.vocabulary_size = vocabulary_size
        self.discounts: Discounts = discounts or _better_discounts(encoded_training, vocabulary_size)
        trigrams, counts = np.unique(self._trigrams_of(encoded_training), return_counts=True)
        bigrams, bigram_counts = np.unique(trigrams % vocabulary_size**2, return_counts=True)
        unigrams, unigram_counts = np.unique(bigrams % vocabulary_size, return_counts=True)
        self._trigrams = _Level(trigrams, counts, vocabulary_size, self.discounts)
        self._bigrams = _Level(bigrams, bigram_counts, vocabulary_size, self.discounts)
        self._unigrams = _Level(unigrams, unigram_counts, vocabulary_size, self.discounts)

    def log_probabilities(self, encoded: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Returns the natural logarithm of the probability of each word and of each headline's end, ``(tokens,)``.

        Args:
            encoded: Ids of the words of each headline, without boundaries.

        Raises:
            ValueError: An id is no word's.
        """
        trigrams = self._trigrams_of(encoded)
        uniform = np.full(len(trigrams), 1 / (self.vocabulary_size - 1))
        unigram = self._unigrams.interpolate(trigrams % self.vocabulary_size, uniform)
        bigram = self._bigrams.interpolate(trigrams % self.vocabulary_size**2, unigram)
        return np.log(self._trigrams.interpolate(trigrams, bigram))

    def _trigrams_of(self, encoded: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Returns each token joined with the two before it into one number, of which the token is the last digit."""
        tokens = np.array([token for ids in encoded for token in (BOUNDARY, BOUNDARY, *ids, BOUNDARY)], np.int64)
        boundaries = np.count_nonzero(tokens == BOUNDARY)
        if boundaries != 3 * len(encoded) or not ((tokens >= BOUNDARY) & (tokens < self.vocabulary_size)).all():
            raise ValueError(f"The ids of words go from {BOUNDARY + 1} to {self.vocabulary_size - 1}; some are others.")
        lengths = np.array([len(ids) + 3 for ids in encoded], np.int64)
        starts = np.cumsum(lengths) - lengths
        is_foreseen = np.full(len(tokens), True)
        is_foreseen[starts] = is_foreseen[starts + 1] = False
        joined = (tokens[:-2] * self.vocabulary_size + tokens[1:-1]) * self.vocabulary_size + tokens[2:]
        return np.asarray(joined[is_foreseen[2:]])


class _Level:
    """The discounted counts of words after contexts of one length.

    Args:
        ngrams: Contexts joined with a word, sorted, each once.
        counts: How often each of them counts.
        size: The number of ids.
        kind: How they are discounted.
    """

    def __init__(self, ngrams: NDArray[np.int64], counts: NDArray[np.int64], size: int, kind: Discounts) -> None:
        discounts = _discounts(counts, kind)[np.minimum(counts, 3) - 1]
        self._size, self._ngrams = size, ngrams
        self._contexts, context = np.unique(ngrams // size, return_inverse=True)
        totals = np.bincount(context, counts)
        self._shares = (counts - discounts) / totals[context]
        self._passed_on = np.bincount(context, discounts) / totals

    def interpolate(self, ngrams: NDArray[np.int64], shorter: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the probability of each n-gram's word, given the one after the context that is a word shorter."""
        shares = _look_up(self._ngrams, self._shares, ngrams, 0.0)
        return shares + _look_up(self._contexts, self._passed_on, ngrams // self._size, 1.0) * shorter


def _better_discounts(encoded_training: Sequence[Sequence[int]], vocabulary_size: int) -> Discounts:
    tenth = encoded_training[::10]
    others = [ids for position, ids in enumerate(encoded_training) if position % 10]
    if not others:
        return "modified"
    modified, single = (
        KneserNeyTrigram(others, vocabulary_size, kind).log_probabilities(tenth).sum() for kind in get_args(Discounts)
    )
    return "single" if single > modified else "modified"


def _discounts(counts: NDArray[np.int64], kind: Discounts) -> NDArray[np.float64]:
    """Returns what is taken off counts of 1, of 2, and of 3 or more, ``(3,)``.

    Modified ones follow from how many n-grams count 1, 2, 3 and 4. Where these numbers do not fall, as with single
    words once the rare ones have become unknown, a single one serves here too, and where there is none, one half.
    """
    ones, twos, threes, fours = (int(np.count_nonzero(counts == count)) for count in range(1, 5))
    if not ones or not twos:
        return np.full(3, _LAST_RESORT)
    single = ones / (ones + 2 * twos)
    if kind == "modified" and ones > twos > threes > fours > 0:
        modified = np.array([single, 2 - 3 * single * threes / twos, 3 - 4 * single * fours / threes])
        if (modified > 0).all():
            return modified
    return np.full(3, single)


def _look_up(
    keys: NDArray[np.int64], values: NDArray[np.float64], wanted: NDArray[np.int64], missing: float
) -> NDArray[np.float64]:
    """Returns the value at each wanted key, of sorted keys."""
    positions = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[positions] == wanted, values[positions], missing)
