import math
from itertools import product

import pytest

from gan_pipelines.scores.diversity import distinct_n, duplicate_fraction, length_histogram, ngrams, self_bleu


def headlines(*texts):
    return [tuple(text.split()) for text in texts]


def test_ngrams_stay_within_a_headline():
    assert list(ngrams(("a", "b", "c"), 2)) == [("a", "b"), ("b", "c")]
    assert list(ngrams(("a", "b"), 3)) == []


def test_distinct_of_known_headlines():
    sample = headlines("a b a b", "a b c")
    assert distinct_n(sample, 1) == pytest.approx(3 / 7, rel=1e-15)
    assert distinct_n(sample, 2) == pytest.approx(3 / 5, rel=1e-15)
    assert distinct_n(sample, 3) == 1
    assert distinct_n(sample, 5) == 0


def test_duplicates_and_lengths():
    sample = headlines("a b", "a b", "b a", "a b", "")
    assert duplicate_fraction(sample) == pytest.approx(2 / 5)
    assert length_histogram(sample) == [1, 0, 4]
    assert duplicate_fraction([]) == 0
    assert length_histogram([]) == []


@pytest.mark.parametrize("text", ["a b c d", "a b", "a", ""])
@pytest.mark.parametrize("order", [1, 3, 4])
def test_equal_headlines_score_one(text, order):
    assert self_bleu(headlines(text, text, text), order=order) == 1


def test_bleu_by_hand():
    sample = headlines("a b c d", "a b c e", "e d b x")
    # Every word of the first two is in some other headline, and two of their three pairs are.
    alike, shuffled = math.sqrt(4 / 4 * 2 / 3), math.sqrt(3 / 4 * 0.1 / 3)
    assert self_bleu(sample, order=2) == pytest.approx((2 * alike + shuffled) / 3, rel=1e-14)


def test_headlines_that_share_no_word_score_zero():
    assert self_bleu(headlines("a b", "c d", "e f"), order=2) == 0


def test_a_word_matches_as_often_as_one_other_headline_has_it():
    assert self_bleu(headlines("a a a", "a b c"), order=1) == pytest.approx((1 / 3 + 1 / 3) / 2, rel=1e-14)
    assert self_bleu(headlines("a a a", "a b a", "a c d"), order=1) == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)


def test_a_headline_shorter_than_all_others_is_penalised():
    short, long = math.exp(1 - 4 / 2), (2 / 4 * 1 / 3) ** (1 / 2)
    assert self_bleu(headlines("a b", "a b c d"), order=2) == pytest.approx((short + long) / 2, rel=1e-14)
    # Both 1 and 3 words are one word away from 2; the shorter reference counts, and there is no penalty.
    assert self_bleu(headlines("a", "a b", "a b c"), order=1) == pytest.approx((math.exp(-1) + 1 + 2 / 3) / 3)


def test_a_headline_shorter_than_the_order_is_scored_by_what_it_has():
    assert self_bleu(headlines("a b", "a b", "a b"), order=4) == 1
    assert self_bleu(headlines("a b", "a c"), order=4) == pytest.approx(math.sqrt(1 / 2 * 0.1), rel=1e-14)


def test_more_than_the_maximum_are_drawn_by_the_seed():
    words = "abcdefgh"
    sample = [tuple(letters) for letters in product(words, words, words)]
    values = [self_bleu(sample, maximum=30, seed=seed) for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2]
    assert self_bleu(sample, maximum=512, seed=0) == self_bleu(sample, maximum=512, seed=1)


def test_fewer_than_two_are_refused():
    with pytest.raises(ValueError, match="at least 2 headlines, not 1"):
        self_bleu(headlines("a b"))
    with pytest.raises(ValueError, match="at least 2 headlines, not 1"):
        self_bleu(headlines("a b", "a c"), maximum=1)
