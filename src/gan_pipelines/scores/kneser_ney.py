"""Trigram model with Kneser-Ney smoothing: the baseline of a neural language model on the same tokens.

Interpolated Kneser-Ney smoothing as in Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language
Modeling", 1998: the mass discounted from each count goes to the next shorter context, whose counts are numbers of
distinct preceding words instead of occurrences (Kneser and Ney, "Improved Backing-off for M-gram Language Modeling",
1995). Two boundary tokens precede the first word; unigrams are interpolated with a uniform distribution.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.language import EOS

Discounts: TypeAlias = Literal["modified", "single"]
"""Three discounts for counts of 1, 2 and more (Chen and Goodman), or one for all counts (Kneser and Ney)."""

_LARGEST_VOCABULARY = 2_000_000  # its cube must fit into 64 bits
_DEFAULT_DISCOUNT = 0.5  # the discount if the counts of counts determine none


class KneserNeyTrigram:
    """Probabilities of words given the two preceding tokens.

    In each context, the probabilities of all ids except padding sum to 1, and none is 0.

    Args:
        encoded_training: Word ids of each training headline, without boundary tokens.
        vocabulary_size: Number of ids, including padding, boundary and unknown.
        discounts: Kind of discounts. Default: the kind with the higher likelihood on every tenth training headline
            given the others; on repetitive text, ``single`` may be clearly better.

    Raises:
        ValueError: If there are no headlines, an id is not a word's, or the vocabulary is too large.
    """

    def __init__(
        self, encoded_training: Sequence[Sequence[int]], vocabulary_size: int, discounts: Discounts | None = None
    ) -> None:
        if not encoded_training:
            raise ValueError("A trigram model needs at least one headline.")
        if vocabulary_size > _LARGEST_VOCABULARY:
            raise ValueError(f"vocabulary_size {vocabulary_size:,} is too large; at most {_LARGEST_VOCABULARY:,}.")
        self.vocabulary_size = vocabulary_size
        self.discounts: Discounts = discounts or _select_discounts(encoded_training, vocabulary_size)
        trigrams, counts = np.unique(self._encode_trigrams(encoded_training), return_counts=True)
        bigrams, bigram_counts = np.unique(trigrams % vocabulary_size**2, return_counts=True)
        unigrams, unigram_counts = np.unique(bigrams % vocabulary_size, return_counts=True)
        self._trigrams = _Level(trigrams, counts, vocabulary_size, self.discounts)
        self._bigrams = _Level(bigrams, bigram_counts, vocabulary_size, self.discounts)
        self._unigrams = _Level(unigrams, unigram_counts, vocabulary_size, self.discounts)

    def log_probabilities(self, encoded: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Returns the log probability, in nats, of each word and of each headline's end, ``(tokens,)``.

        Args:
            encoded: Word ids of each headline, without boundary tokens.

        Raises:
            ValueError: If an id is not a word's.
        """
        trigrams = self._encode_trigrams(encoded)
        uniform = np.full(len(trigrams), 1 / (self.vocabulary_size - 1))
        unigram = self._unigrams.interpolate(trigrams % self.vocabulary_size, uniform)
        bigram = self._bigrams.interpolate(trigrams % self.vocabulary_size**2, unigram)
        return np.log(self._trigrams.interpolate(trigrams, bigram))

    def _encode_trigrams(self, encoded: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """Returns each trigram as one integer in base ``vocabulary_size``; its last digit is the predicted token."""
        tokens = np.array([token for ids in encoded for token in (EOS, EOS, *ids, EOS)], np.int64)
        boundaries = np.count_nonzero(tokens == EOS)
        if boundaries != 3 * len(encoded) or not ((tokens >= EOS) & (tokens < self.vocabulary_size)).all():
            raise ValueError(f"Word ids must be from {EOS + 1} to {self.vocabulary_size - 1}; some are not.")
        lengths = np.array([len(ids) + 3 for ids in encoded], np.int64)
        starts = np.cumsum(lengths) - lengths
        is_predicted = np.full(len(tokens), True)
        is_predicted[starts] = is_predicted[starts + 1] = False
        trigrams = (tokens[:-2] * self.vocabulary_size + tokens[1:-1]) * self.vocabulary_size + tokens[2:]
        return np.asarray(trigrams[is_predicted[2:]])


class _Level:
    """Discounted counts of words after contexts of one length.

    Args:
        ngrams: Distinct n-grams, encoded as integers, sorted.
        counts: Count of each n-gram.
        size: Number of ids.
        kind: Kind of discounts.
    """

    def __init__(self, ngrams: NDArray[np.int64], counts: NDArray[np.int64], size: int, kind: Discounts) -> None:
        discounts = _discounts(counts, kind)[np.minimum(counts, 3) - 1]
        self._size, self._ngrams = size, ngrams
        self._contexts, context = np.unique(ngrams // size, return_inverse=True)
        totals = np.bincount(context, counts)
        self._frequencies = (counts - discounts) / totals[context]
        self._backoff_weights = np.bincount(context, discounts) / totals

    def interpolate(self, ngrams: NDArray[np.int64], shorter: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the probability of each n-gram's last word, given its probabilities in the next shorter context."""
        frequencies = _look_up(self._ngrams, self._frequencies, ngrams, 0.0)
        return frequencies + _look_up(self._contexts, self._backoff_weights, ngrams // self._size, 1.0) * shorter


def _select_discounts(encoded_training: Sequence[Sequence[int]], vocabulary_size: int) -> Discounts:
    tenth = encoded_training[::10]
    others = [ids for position, ids in enumerate(encoded_training) if position % 10]
    if not others:
        return "modified"
    modified, single = (
        KneserNeyTrigram(others, vocabulary_size, kind).log_probabilities(tenth).sum() for kind in get_args(Discounts)
    )
    return "single" if single > modified else "modified"


def _discounts(counts: NDArray[np.int64], kind: Discounts) -> NDArray[np.float64]:
    """Returns the discounts of counts of 1, of 2, and of 3 or more, ``(3,)``.

    Modified discounts are computed from the numbers of n-grams with counts of 1 to 4. If these do not decrease, as for
    unigrams after rare words were replaced by unknown, a single discount is used, and 0.5 if that is undefined.
    """
    ones, twos, threes, fours = (int(np.count_nonzero(counts == count)) for count in range(1, 5))
    if not ones or not twos:
        return np.full(3, _DEFAULT_DISCOUNT)
    single = ones / (ones + 2 * twos)
    if kind == "modified" and ones > twos > threes > fours > 0:
        modified = np.array([single, 2 - 3 * single * threes / twos, 3 - 4 * single * fours / threes])
        if (modified > 0).all():
            return modified
    return np.full(3, single)


def _look_up(
    keys: NDArray[np.int64], values: NDArray[np.float64], wanted: NDArray[np.int64], missing: float
) -> NDArray[np.float64]:
    """Returns the value of each wanted key, or ``missing``; ``keys`` are sorted."""
    positions = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[positions] == wanted, values[positions], missing)
