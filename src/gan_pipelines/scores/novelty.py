"""How much of the headlines was copied from the training set: whole ones, spans, and n-grams.

The n-gram measures follow McCoy et al., "How Much Do Language Models Copy From Their Training Data? Evaluating
Linguistic Novelty in Text Generation Using RAVEN", 2021: what held-out human text scores is the baseline.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from itertools import count

from gan_pipelines.scores.diversity import Headline, ngrams


@dataclass(frozen=True)
class CopiedSpans:
    """The longest run of words of each headline that also stands in a training headline.

    Args:
        mean: Words, over the headlines.
        longest: Words, of all headlines.
    """

    mean: float
    longest: int


def copy_rate(headlines: Sequence[Headline], training: Set[Headline]) -> float:
    """Returns which share of the headlines stands word for word in the training set, in [0, 1]; 0 without headlines.

    Both must be cleaned alike, as case and punctuation count.
    """
    return sum(headline in training for headline in headlines) / len(headlines) if headlines else 0.0


def novelty(headlines: Sequence[Headline], training: Collection[Headline], n: int) -> float:
    """Returns which share of the n-grams stands in no training headline, in [0, 1]; 0 where there are no n-grams.

    An n-gram counts as often as it stands in the headlines.
    """
    known = _known_ngrams(headlines, training, n)
    novel = [ngram not in known for headline in headlines for ngram in ngrams(headline, n)]
    return sum(novel) / len(novel) if novel else 0.0


def copied_spans(headlines: Sequence[Headline], training: Collection[Headline]) -> CopiedSpans:
    """Measures the longest span of each headline that stands in a training headline; 0 words without headlines."""
    spans = [0] * len(headlines)
    for n in count(1):
        # Part of a copied span is copied too, so the search ends at the first length of which there is none.
        if not (known := _known_ngrams(headlines, training, n)):
            break
        spans = [
            n if any(ngram in known for ngram in ngrams(headline, n)) else span
            for headline, span in zip(headlines, spans, strict=True)
        ]
    return CopiedSpans(mean=sum(spans) / max(len(spans), 1), longest=max(spans, default=0))


def _known_ngrams(headlines: Sequence[Headline], training: Collection[Headline], n: int) -> frozenset[tuple[str, ...]]:
    """Returns those n-grams of the headlines that the training set has; it holds no others, however much there is."""
    wanted = {ngram for headline in headlines for ngram in ngrams(headline, n)}
    return frozenset(wanted.intersection(ngram for headline in training for ngram in ngrams(headline, n)))
