import math

import numpy as np
import pytest

from gan_pipelines.scores.language import bits_per_character, count_characters, out_of_vocabulary_rate, perplexity


def test_perplexity_of_known_probabilities():
    assert perplexity(np.log([0.25, 0.5])) == pytest.approx(2.8284271247461903, rel=1e-14)
    assert perplexity(np.full(1000, -math.log(5042))) == pytest.approx(5042, rel=1e-12)
    assert perplexity(np.zeros(3)) == 1


def test_every_token_weighs_the_same():
    sentences = [np.log([0.5]), np.log([0.1] * 9)]
    assert perplexity(np.concatenate(sentences)) == pytest.approx(2**0.1 * 10**0.9, rel=1e-14)
    assert np.mean([perplexity(sentence) for sentence in sentences]) == pytest.approx(6, rel=1e-14)


def test_single_precision_is_summed_in_double():
    logarithms = np.full(3_000_000, -0.1, np.float32)
    assert perplexity(logarithms) == pytest.approx(math.exp(float(np.float32(0.1))), rel=1e-12)


def test_a_token_without_probability_makes_the_perplexity_infinite():
    assert perplexity(np.array([-math.inf, -1.0])) == math.inf
    assert perplexity(np.full(2, -1e5)) == math.inf


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"at least one token, not \(0,\)"),
        ([[-1.0]], r"at least one token, not \(1, 1\)"),
        ([-1.0, math.nan], "1 of 2 log probabilities are undefined or positive"),
        ([0.25, 0.5, -1.0], "2 of 3 log probabilities are undefined or positive"),
    ],
)
def test_what_are_no_log_probabilities_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        perplexity(np.array(values))
    with pytest.raises(ValueError, match=message):
        bits_per_character(np.array(values), 10)


def test_bits_per_character():
    assert bits_per_character(np.log([0.25, 0.5]), 6) == pytest.approx(0.5, rel=1e-14)
    with pytest.raises(ValueError, match="at least one character, not 0"):
        bits_per_character(np.log([0.5]), 0)


def test_characters_are_letters_of_known_words_spaces_and_ends():
    headlines = [("rain", "in", "may"), (), ("sun",)]
    assert count_characters(headlines, [[3, 4, 5], [], [6]]) == len("rain in may.") + len(".") + len("sun.")
    assert count_characters(headlines, [[3, 2, 5], [], [2]]) == len("rain  may.") + len(".") + len(".")
    with pytest.raises(ValueError, match="shorter"):
        count_characters([("rain", "in")], [[3]])


def test_unknown_words_are_counted_without_ends():
    assert out_of_vocabulary_rate([[3, 2, 4], [], [2]]) == 0.5
    assert out_of_vocabulary_rate([[]]) == 0
