"""Overlap of headlines with the training set: exact copies, copied spans, and novel n-grams.

The n-gram measures follow McCoy et al., "How Much Do Language Models Copy From Their Training Data? Evaluating
Linguistic Novelty in Text Generation Using RAVEN", 2021: the values of held-out human text are the baseline.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from itertools import count

from gan_pipelines.scores.diversity import Headline, ngrams


@dataclass(frozen=True)
class CopiedSpans:
    """Longest span of each headline that also occurs in a training headline.

    Args:
        mean: Mean number of words over the headlines.
        longest: Maximum number of words over the headlines.
    """

    mean: float
    longest: int


def copy_rate(headlines: Sequence[Headline], training: Set[Headline]) -> float:
    """Returns the fraction of headlines that occur verbatim in the training set, in [0, 1]; 0 without headlines.

    Both must be cleaned in the same way, as case and punctuation matter.
    """
    return sum(headline in training for headline in headlines) / len(headlines) if headlines else 0.0


def novelty(headlines: Sequence[Headline], training: Collection[Headline], n: int) -> float:
    """Returns the fraction of n-grams that occur in no training headline, in [0, 1]; 0 if there are no n-grams.

    Repeated n-grams are counted each time.
    """
    known = _known_ngrams(headlines, training, n)
    novel = [ngram not in known for headline in headlines for ngram in ngrams(headline, n)]
    return sum(novel) / len(novel) if novel else 0.0


def copied_spans(headlines: Sequence[Headline], training: Collection[Headline]) -> CopiedSpans:
    """Returns the lengths of the longest copied spans of the headlines; 0 without headlines."""
    spans = [0] * len(headlines)
    for n in count(1):
        # Any part of a copied span is copied too, so the search ends at the first length without copies.
        if not (known := _known_ngrams(headlines, training, n)):
            break
        spans = [
            n if any(ngram in known for ngram in ngrams(headline, n)) else span
            for headline, span in zip(headlines, spans, strict=True)
        ]
    return CopiedSpans(mean=sum(spans) / max(len(spans), 1), longest=max(spans, default=0))


def _known_ngrams(headlines: Sequence[Headline], training: Collection[Headline], n: int) -> frozenset[tuple[str, ...]]:
    """Returns the n-grams of the headlines that occur in the training set, without storing others."""
    wanted = {ngram for headline in headlines for ngram in ngrams(headline, n)}
    return frozenset(wanted.intersection(ngram for headline in training for ngram in ngrams(headline, n)))
