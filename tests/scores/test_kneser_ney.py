"""Against probabilities by hand, and against the definition written out with dictionaries."""

from collections import Counter, defaultdict
from typing import get_args

import numpy as np
import pytest

from gan_pipelines.scores.kneser_ney import Discounts, KneserNeyTrigram


def zipf_headlines(count, words, seed=0):
    """Headlines whose words are mostly frequent ones, each drawn near the one before it."""
    generator = np.random.default_rng(seed)
    headlines = []
    for length in generator.integers(0, 9, count):
        steps = np.minimum(generator.zipf(1.4, length), words)
        headlines.append((np.cumsum(steps) % words + 2).tolist())
    return headlines


def patterned_headlines(count, seed=0):
    """Headlines of three words; the first two are of the same one of three topics with 30 words for each place."""
    generator = np.random.default_rng(seed)
    topics, choices = generator.integers(0, 3, count), generator.integers(0, 30, (3, count))
    return np.stack([2 + 30 * topics, 92 + 30 * topics, np.full(count, 182)], axis=1) + choices.T


def counts_by_context(ngrams):
    after = defaultdict(Counter)
    for *context, word in ngrams:
        after[tuple(context)][word] += 1
    return after


def defined_discounts(level, kind):
    """What is taken off counts of 0, 1, 2, and 3 or more, and by which rule."""
    numbers = Counter(count for counts in level.values() for count in counts.values())
    if not numbers[1] or not numbers[2]:
        return "half", [0, 0.5, 0.5, 0.5]
    single = numbers[1] / (numbers[1] + 2 * numbers[2])
    modified = [n - (n + 1) * single * numbers[n + 1] / max(numbers[n], 1) for n in (1, 2, 3)]
    if kind == "modified" and numbers[1] > numbers[2] > numbers[3] > numbers[4] > 0 and min(modified) > 0:
        return "modified", [0, *modified]
    return "single", [0, single, single, single]


class DefinedTrigram:
    """Chen and Goodman's formula, one probability at a time."""

    def __init__(self, training, size, kind="modified"):
        padded = [(1, 1, *ids, 1) for ids in training]
        trigrams = [row[at : at + 3] for row in padded for at in range(len(row) - 2)]
        bigrams = [trigram[1:] for trigram in set(trigrams)]
        unigrams = [bigram[1:] for bigram in set(bigrams)]
        self.size, self.kind = size, kind
        self.levels = [counts_by_context(ngrams) for ngrams in (unigrams, bigrams, trigrams)]

    def rules(self):
        return [defined_discounts(level, self.kind)[0] for level in self.levels]

    def probability(self, before, last, word):
        probability = 1 / (self.size - 1)
        for level, context in zip(self.levels, [(), (last,), (before, last)], strict=True):
            _, discounts = defined_discounts(level, self.kind)
            if counts := level[context]:
                passed_on = sum(discounts[min(count, 3)] for count in counts.values())
                kept = counts[word] - discounts[min(counts[word], 3)]
                probability = (kept + passed_on * probability) / counts.total()
        return probability


def test_probabilities_by_hand():
    """Counts of trigrams 2, 1, 1, 1: discount 0.6. Of bigrams 1, 1, 1, 1: one half. Of words 2, 1, 1: 2 / (2 + 2)."""
    model = KneserNeyTrigram([[3], [3, 4]], vocabulary_size=5)
    assert np.exp(model.log_probabilities([[3], [3, 4]])) == pytest.approx(
        [0.8828125, 0.490625, 0.8828125, 0.415625, 0.840625], rel=1e-14
    )
    unseen = np.exp(model.log_probabilities([[4, 3, 4]]))
    assert unseen == pytest.approx([0.0328125, 0.109375, 0.359375, 0.840625], rel=1e-14)


@pytest.mark.parametrize(
    ("count", "words", "kind", "rules"),
    [
        (20, 20, "modified", ["single", "single", "single"]),
        (100, 6, "modified", ["half", "single", "single"]),
        (300, 600, "modified", ["modified", "modified", "modified"]),
        (300, 600, "single", ["single", "single", "single"]),
    ],
)
def test_equals_the_definition(count, words, kind, rules):
    training, heldout = zipf_headlines(count, words), zipf_headlines(6, words, seed=1)
    defined = DefinedTrigram(training, words + 3, kind)
    assert defined.rules() == rules
    padded = [(1, 1, *ids, 1) for ids in heldout]
    expected = [defined.probability(*row[at : at + 3]) for row in padded for at in range(len(row) - 2)]
    values = KneserNeyTrigram(training, words + 3, kind).log_probabilities(heldout)
    assert np.exp(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("training", [zipf_headlines(30, 5), [[]], [[2]], [[3, 3, 3, 3]]])
def test_after_any_two_tokens_the_probabilities_sum_to_one(training):
    size, model = 8, KneserNeyTrigram(training, 8)
    contexts = [(), *((last,) for last in range(2, size))]
    contexts += [(before, last) for before in range(2, size) for last in range(2, size)]
    for context in contexts:
        place = len(context)
        rows = [[*context, word] for word in range(2, size)] + [list(context)]
        logarithms = [model.log_probabilities([row])[place] for row in rows]
        assert np.isfinite(logarithms).all()
        assert np.exp(logarithms).sum() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("training", "others", "discounts"),
    [
        (zipf_headlines(1000, 600), zipf_headlines(200, 600, seed=1), "modified"),
        (patterned_headlines(1000).tolist(), patterned_headlines(200, seed=1).tolist(), "single"),
    ],
)
def test_the_discounts_that_foresee_better_are_found_on_training_headlines(training, others, discounts):
    sums = {kind: KneserNeyTrigram(training, 700, kind).log_probabilities(others).sum() for kind in get_args(Discounts)}
    model = KneserNeyTrigram(training, 700)
    assert model.discounts == discounts == max(sums, key=sums.get)
    assert model.log_probabilities(others).sum() == sums[discounts]


def test_one_number_for_each_word_and_each_end():
    model = KneserNeyTrigram([[3, 4]], 5)
    assert model.log_probabilities([[3, 4], [], [3]]).shape == (6,)
    assert model.log_probabilities([]).shape == (0,)
    together = model.log_probabilities([[3, 4], [4]])
    assert together.tolist() == [*model.log_probabilities([[3, 4]]), *model.log_probabilities([[4]])]


@pytest.mark.parametrize("headline", [[0], [3, 1], [5], [-3]])
def test_ids_that_are_no_words_are_refused(headline):
    with pytest.raises(ValueError, match="Word ids must be from 2 to 4"):
        KneserNeyTrigram([[3], headline], 5)
    with pytest.raises(ValueError, match="Word ids must be from 2 to 4"):
        KneserNeyTrigram([[3]], 5).log_probabilities([headline])


def test_no_headlines_and_too_many_words_are_refused():
    with pytest.raises(ValueError, match="at least one headline"):
        KneserNeyTrigram([], 5)
    with pytest.raises(ValueError, match="3,000,000 is too large"):
        KneserNeyTrigram([[3]], 3_000_000)


def test_the_largest_vocabulary_does_not_overflow():
    last = 1_999_999
    model = KneserNeyTrigram([[last, last, last], [last]], 2_000_000)
    assert np.exp(model.log_probabilities([[last]])).tolist() == pytest.approx(
        np.exp(KneserNeyTrigram([[3, 3, 3], [3]], 2_000_000).log_probabilities([[3]])).tolist(), rel=1e-14
    )
