"""Diversity of headlines: distinct n-grams, self-BLEU, duplicates, lengths."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from gan_pipelines.training.randomness import random_generator

Headline: TypeAlias = tuple[str, ...]
"""Words of a cleaned headline, without boundary tokens."""

_NO_MATCH = 0.1  # replaces a count of 0 matching n-grams for n >= 2


def ngrams(headline: Headline, n: int) -> Iterator[tuple[str, ...]]:
    """Yields the n-grams of a headline in order; none if it is shorter than ``n`` words."""
    return zip(*(headline[start:] for start in range(n)), strict=False)


def distinct_n(headlines: Sequence[Headline], n: int) -> float:
    """Returns the number of distinct n-grams divided by the number of n-grams, in [0, 1]; 0 if there are none.

    Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", 2016. It decreases with the
    number of headlines, so values compare only at equal numbers.
    """
    all_ngrams = [ngram for headline in headlines for ngram in ngrams(headline, n)]
    return len(set(all_ngrams)) / len(all_ngrams) if all_ngrams else 0.0


def duplicate_fraction(headlines: Sequence[Headline]) -> float:
    """Returns the fraction of headlines that repeat an earlier one, in [0, 1]; 0 without headlines."""
    return 1 - len(set(headlines)) / len(headlines) if headlines else 0.0


def length_histogram(headlines: Sequence[Headline]) -> list[int]:
    """Returns the numbers of headlines with 0, 1, 2, ... words, up to the longest."""
    lengths = Counter(map(len, headlines))
    return [lengths[words] for words in range(max(lengths, default=-1) + 1)]


def self_bleu(headlines: Sequence[Headline], maximum: int = 500, seed: int = 0, order: int = 3) -> float:
    """Returns the mean BLEU of each headline against all others; 1 if all headlines are equal.

    Zhu et al., "Texygen: A Benchmarking Platform for Text Generation Models", 2018, with the sentence-level BLEU of
    Papineni et al., 2002. Smoothing is method 1 of Chen and Cherry, "A Systematic Comparison of Smoothing Techniques
    for Sentence-Level BLEU", 2014: for n >= 2, a count of 0 matches is replaced by 0.1; a headline that shares no word
    with the others scores 0. A headline of fewer than ``order`` words is scored by the n-grams that it has. The value
    increases with the number of headlines.

    Args:
        headlines: At least two.
        maximum: Maximum number of headlines scored; if there are more, a random subset.
        seed: Seed of the subset.
        order: Length of the longest n-grams compared; all lengths have the same weight.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: If there are fewer than two headlines, or ``maximum`` is less than 2.
    """
    if min(len(headlines), maximum) < 2:
        raise ValueError(f"Self-BLEU needs at least 2 headlines, not {min(len(headlines), maximum)}.")
    if len(headlines) > maximum:
        chosen = random_generator(seed, "headlines of self-BLEU").choice(len(headlines), maximum, replace=False)
        headlines = [headlines[position] for position in np.sort(chosen)]
    precisions = np.prod([_precisions(headlines, n) for n in range(1, order + 1)], axis=0)
    orders = np.array([max(1, min(order, len(headline))) for headline in headlines])
    return float(np.mean(_brevity_penalties(headlines) * precisions ** (1 / orders)))


def _precisions(headlines: Sequence[Headline], n: int) -> list[float]:
    """Returns the clipped n-gram precision of each headline against the others; 1 if it has no n-grams."""
    counted = [Counter(ngrams(headline, n)) for headline in headlines]
    # The two highest counts of each n-gram give its maximum over the other headlines, for any headline.
    highest: dict[tuple[str, ...], tuple[int, int]] = {}
    for counts in counted:
        for ngram, count in counts.items():
            first, second = highest.get(ngram, (0, 0))
            highest[ngram] = (count, first) if count > first else (first, max(second, count))
    precisions = []
    for counts in counted:
        matches = 0
        for ngram, count in counts.items():
            first, second = highest[ngram]
            matches += min(count, second if count == first else first)
        no_match = _NO_MATCH if n > 1 else 0.0
        precisions.append((matches or no_match) / counts.total() if counts else 1.0)
    return precisions


def _brevity_penalties(headlines: Sequence[Headline]) -> list[float]:
    """Returns the brevity penalty of each headline, relative to the closest length among the others.

    Of two lengths equally close, the shorter one is used.
    """
    lengths = Counter(map(len, headlines))
    penalties = {}
    for length, count in lengths.items():
        others = [other for other in lengths if other != length or count > 1]
        nearest = min(others, key=lambda other: (abs(other - length), other))
        penalties[length] = _brevity_penalty(length, nearest)
    return [penalties[len(headline)] for headline in headlines]


def _brevity_penalty(length: int, reference: int) -> float:
    if length >= reference:
        return 1.0
    return math.exp(1 - reference / length) if length else 0.0
