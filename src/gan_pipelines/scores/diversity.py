"""How much headlines differ from one another: distinct n-grams, self-BLEU, duplicates, lengths."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from gan_pipelines.training.randomness import random_generator

Headline: TypeAlias = tuple[str, ...]
"""The words of a cleaned headline, without boundaries."""

_NO_MATCH = 0.1  # counted instead of no matching n-gram of two words or more


def ngrams(headline: Headline, n: int) -> Iterator[tuple[str, ...]]:
    """Yields each run of ``n`` words of a headline, in order; none where it is shorter."""
    return zip(*(headline[start:] for start in range(n)), strict=False)


def distinct_n(headlines: Sequence[Headline], n: int) -> float:
    """Returns the number of different n-grams divided by the number of all, in [0, 1]; 0 where there are none.

    Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", 2016. It falls with the number
    of headlines, so values compare only at equal numbers.
    """
    every = [ngram for headline in headlines for ngram in ngrams(headline, n)]
    return len(set(every)) / len(every) if every else 0.0


def duplicate_share(headlines: Sequence[Headline]) -> float:
    """Returns which share of the headlines has come before, in [0, 1]; 0 without headlines."""
    return 1 - len(set(headlines)) / len(headlines) if headlines else 0.0


def length_histogram(headlines: Sequence[Headline]) -> list[int]:
    """Returns how many headlines have 0, 1, 2, ... words, up to the longest."""
    lengths = Counter(map(len, headlines))
    return [lengths[words] for words in range(max(lengths, default=-1) + 1)]


def self_bleu(headlines: Sequence[Headline], maximum: int = 500, seed: int = 0, order: int = 3) -> float:
    """Returns the mean BLEU of each headline against all the others, which is 1 where all headlines are equal.

    Zhu et al., "Texygen: A Benchmarking Platform for Text Generation Models", 2018, with the BLEU of Papineni et al.,
    2002, for each headline. Smoothing is the first method of Chen and Cherry, "A Systematic Comparison of Smoothing
    Techniques for Sentence-Level BLEU", 2014: 0.1 stands in for no match of two words or more; a headline
    without any word of the others scores 0. One of fewer than ``order`` words is scored by the n-grams that it has. The
    value rises with the number of headlines.

    Args:
        headlines: At least two.
        maximum: If there are more, this many of them are drawn and scored.
        seed: Decides which are drawn.
        order: The longest n-grams that are compared; all lengths weigh the same.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: There are fewer than two headlines to compare.
    """
    if min(len(headlines), maximum) < 2:
        raise ValueError(f"Self-BLEU compares at least 2 headlines, not {min(len(headlines), maximum)}.")
    if len(headlines) > maximum:
        chosen = random_generator(seed, "headlines of self-BLEU").choice(len(headlines), maximum, replace=False)
        headlines = [headlines[position] for position in np.sort(chosen)]
    precisions = np.prod([_precisions(headlines, n) for n in range(1, order + 1)], axis=0)
    orders = np.array([max(1, min(order, len(headline))) for headline in headlines])
    return float(np.mean(_brevity_penalties(headlines) * precisions ** (1 / orders)))


def _precisions(headlines: Sequence[Headline], n: int) -> list[float]:
    """Returns which share of each headline's n-grams one of the others has; 1 where it has no n-grams."""
    counted = [Counter(ngrams(headline, n)) for headline in headlines]
    # The two highest counts of each n-gram tell the highest one among the others of any headline.
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
    """Returns BLEU's factor for each headline: below 1 where the nearest length among the others is greater.

    Of two lengths equally near, the shorter one counts.
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
