import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.headlines.decoding import (
    Continuation,
    beam_search,
    choose,
    generate,
    probabilities,
    title_case,
)
from gan_pipelines.headlines.model_parameters import DecodingParameters
from gan_pipelines.headlines.vocabulary import EOS, PAD, UNK
from tests.headlines import toy

SHARES = np.array([[0.5, 0.3, 0.15, 0.05]])
LOGITS = np.log(SHARES)


def decoding(**settings):
    return DecodingParameters.model_validate(settings)


def follower(table):
    """A model that knows the last word only: row i holds the logits of what follows i."""
    tokens = layers.Input((None,), dtype="int32")
    embedding = layers.Embedding(*np.shape(table))
    model = keras.Model(tokens, embedding(tokens))
    embedding.set_weights([np.array(table, np.float32)])
    return model


def kept(**settings):
    return np.flatnonzero(probabilities(LOGITS, **settings)[0]).tolist()


@pytest.mark.parametrize(("top_p", "count"), [(1e-9, 1), (0.5, 1), (0.8, 2), (0.81, 3), (0.95, 3), (1.0, 4)])
def test_top_p_keeps_the_fewest_words_that_reach_it(top_p, count):
    assert kept(top_p=top_p) == list(range(count))


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        (2.0, [0.378996, 0.293569, 0.207585, 0.119849]),
        (0.5, [0.684932, 0.246575, 0.061644, 0.006849]),
        (1.0, [0.5, 0.3, 0.15, 0.05]),
    ],
)
def test_temperature(temperature, expected):
    assert probabilities(LOGITS, temperature=temperature)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("top_k", "count"), [(1, 1), (3, 3), (4, 4), (5, 4), (10**9, 4)])
def test_top_k_keeps_that_many_and_at_most_all(top_k, count):
    assert kept(top_k=top_k) == list(range(count))


def test_what_is_kept_sums_to_one():
    assert probabilities(LOGITS, top_k=2)[0] == pytest.approx([0.625, 0.375, 0, 0])
    assert probabilities(LOGITS, top_p=0.9)[0] == pytest.approx([50 / 95, 30 / 95, 15 / 95, 0])


def test_top_p_is_of_the_words_that_top_k_left():
    assert kept(top_k=2, top_p=0.6) == [0]  # 0.625 of what is left
    assert kept(top_p=0.6) == [0, 1]


def test_of_equally_likely_words_the_lower_ids_are_kept():
    even = np.zeros((1, 6))
    assert np.flatnonzero(probabilities(even, top_k=2)[0]).tolist() == [0, 1]
    assert np.flatnonzero(probabilities(even, top_p=0.5)[0]).tolist() == [0, 1, 2]
    assert np.flatnonzero(probabilities(np.array([[0.0, 1, 0, 1, 0]]), top_k=3)[0]).tolist() == [0, 1, 3]
    assert choose(even, np.array([0.9]), decoding(strategy="greedy")).tolist() == [0]


def test_rows_do_not_touch_each_other():
    rows = np.log(np.array([[0.5, 0.3, 0.15, 0.05], [0.05, 0.05, 0.1, 0.8]]))
    both = probabilities(rows, top_k=3, top_p=0.7)
    assert both == pytest.approx(np.concatenate([probabilities(row[None], top_k=3, top_p=0.7) for row in rows]))


SENSELESS = {"temperature": [0, -1, float("nan")], "top_k": [0, -1], "top_p": [0, -0.1, 1.01, float("nan")]}


@pytest.mark.parametrize("settings", [{name: value} for name, values in SENSELESS.items() for value in values])
def test_what_makes_no_sense_is_refused(settings):
    with pytest.raises(ValueError, match="must be"):
        probabilities(LOGITS, **settings)
    with pytest.raises(ValueError, match="validation error"):
        decoding(**settings)


@pytest.mark.parametrize(("draw", "word"), [(0.0, 0), (0.49, 0), (0.51, 1), (0.79, 1), (0.81, 2), (0.999999, 3)])
def test_a_draw_falls_on_a_word_as_often_as_it_is_likely(draw, word):
    assert choose(LOGITS, np.array([draw]), decoding(top_p=1.0)).tolist() == [word]


def test_the_largest_draw_falls_on_a_word_that_can_come():
    logits = np.array([[-np.inf, 0.1, 0.2, 0.3, -np.inf]])
    last = np.nextafter(1.0, 0)
    assert choose(logits, np.array([last]), decoding(top_p=1.0)).tolist() == [3]
    assert choose(logits, np.array([0.0]), decoding(top_p=1.0)).tolist() == [1]


def test_drawn_words_have_the_shares_of_the_model():
    draws = np.random.default_rng(0).random(20_000)
    words = choose(np.repeat(LOGITS, 20_000, axis=0), draws, decoding(top_p=1.0))
    assert np.bincount(words) / 20_000 == pytest.approx(SHARES[0], abs=0.01)


# 3 is followed by 4, 4 by 5, and 5 by the end; whatever else is likely must not come.
CHAIN = np.full((6, 6), -5.0)
CHAIN[EOS, 3] = CHAIN[3, 4] = CHAIN[4, 5] = CHAIN[5, EOS] = 5.0
CHAIN[:, [PAD, UNK]] = 50.0
CHAIN[EOS, EOS] = 40.0


@pytest.mark.parametrize("strategy", ["greedy", "sample", "beam"])
def test_padding_unknown_words_and_empty_headlines_never_come(strategy):
    found = generate(follower(CHAIN), [[]], [9], decoding(strategy=strategy, top_p=0.5))
    assert found == [Continuation((3, 4, 5), has_ended=True)]


@pytest.mark.parametrize("strategy", ["greedy", "sample", "beam"])
def test_the_number_of_words_ends_a_headline_unless_it_ends_before(strategy):
    settings = decoding(strategy=strategy, top_p=0.5)
    model = follower(CHAIN)
    found = generate(model, [[3], [3], [3], [5], [UNK, 4]], [1, 2, 3, 4, 1], settings)
    assert found == [
        Continuation((4,), has_ended=False),
        Continuation((4, 5), has_ended=True),
        Continuation((4, 5), has_ended=True),
        Continuation((), has_ended=True),
        Continuation((5,), has_ended=True),
    ]


@pytest.fixture(scope="module")
def model():
    return toy.model("tied_lstm", seed=4, embedding_size=32, units=32)


PROMPTS = [[], [3], [4, 5], [2, 7], [], [8, 3, 4], []]
WORDS = [6, 6, 3, 9, 6, 5, 20]


@pytest.mark.first_case
@pytest.mark.parametrize("strategy", ["greedy", "sample", "beam"])
def test_headlines_do_not_depend_on_those_beside(model, strategy):
    settings = decoding(strategy=strategy, seed=5)
    together = generate(model, PROMPTS, WORDS, settings)
    alone = [
        generate(model, [prompt], [words], settings, first_number=number)[0]
        for number, (prompt, words) in enumerate(zip(PROMPTS, WORDS, strict=True))
    ]
    assert together == alone


def test_headlines_are_the_same_however_many_fit_into_memory(model, monkeypatch):
    together = generate(model, PROMPTS, WORDS, decoding())
    monkeypatch.setattr("gan_pipelines.headlines.decoding._MAXIMUM_PROBABILITIES", 20)  # two headlines of nine ids
    assert generate(model, PROMPTS, WORDS, decoding()) == together


def test_each_headline_and_seed_has_draws_of_its_own(model):
    found = {generate(model, [[]] * 5, [12] * 5, decoding(seed=seed))[2].words for seed in range(4)}
    assert len(found) == 4
    assert len({headline.words for headline in generate(model, [[]] * 5, [12] * 5, decoding())}) == 5


@pytest.mark.first_case
@pytest.mark.parametrize("strategy", ["greedy", "beam"])
def test_greedy_and_beam_ignore_the_seed(model, strategy):
    first, second = (generate(model, PROMPTS, WORDS, decoding(strategy=strategy, seed=seed)) for seed in (1, 2))
    assert first == second


@pytest.mark.first_case
@pytest.mark.parametrize("settings", [{"top_k": 1}, {"top_p": 1e-6}, {"strategy": "beam", "beams": 1}])
def test_the_narrowest_choice_is_greedy(model, settings):
    greedy = generate(model, PROMPTS, WORDS, decoding(strategy="greedy"))
    assert generate(model, PROMPTS, WORDS, decoding(**settings)) == greedy


def test_both_forms_of_a_model_write_the_same():
    by_place, by_prefix = toy.model(examples="sequences"), toy.model(examples="prefixes")
    by_prefix.set_weights(by_place.get_weights())
    assert generate(by_place, PROMPTS, WORDS, decoding()) == generate(by_prefix, PROMPTS, WORDS, decoding())


# Greedy takes 3, whose followers are all unlikely; 4 is followed by the end for certain.
DETOUR = np.full((10, 10), -20.0)
DETOUR[EOS, 3], DETOUR[EOS, 4] = np.log([0.6, 0.4])
DETOUR[3, 5:10] = np.log(0.2)
DETOUR[4:10, EOS] = 0.0


def test_a_beam_finds_what_greed_misses():
    model = follower(DETOUR)
    assert beam_search(model, [], 5, beams=1) == Continuation((3, 5), has_ended=True)
    # log(0.4) / 2 = -0.458 a word against (log(0.6) + log(0.2)) / 3 = -0.707
    assert beam_search(model, [], 5, beams=2) == Continuation((4,), has_ended=True)


def test_more_beams_than_words_find_the_best_of_all(model):
    settings = {"prompt": [3], "words": 2}
    found = beam_search(model, beams=9**3, **settings)
    assert len(found.words) <= 2
    assert found == beam_search(model, beams=10 * 9**3, **settings)


def test_more_words_than_there_are_are_noted(model, caplog):
    caplog.set_level("INFO")
    generate(model, [[3]], [1], decoding(top_k=10))
    assert "top_k is 10, but there are only 9 token ids" in caplog.text


def test_nothing_to_continue_gives_nothing(model):
    assert generate(model, [], [], decoding()) == []


def test_what_is_written_without_being_asked_for():
    phrases = {phrase.text: phrase.max_new_words for phrase in decoding().prompts}
    assert phrases == {
        "10 ways": 11,
        "europe looks to": 8,
        "best way": 10,
        "homeless in": 10,
        "unexpected results": 10,
        "critics warn": 10,
    }
    assert (decoding().strategy, decoding().top_p, decoding().headlines) == ("sample", 0.9, 1000)


def test_prompts_are_given_as_in_a_file_of_parameters():
    assert decoding(prompts=[{"text": "rain in", "max_new_words": 4}]).prompts[0].max_new_words == 4
    assert decoding(prompts=[]).prompts == []
    with pytest.raises(ValueError, match="words"):
        decoding(prompts=[{"text": "rain in", "max_new_words": 0}])


def test_titles_begin_their_words_with_capitals():
    assert title_case("10th of may cant be wrong") == "10th Of May Cant Be Wrong"


WRITING = """
from tests.headlines import toy
from tests.headlines.test_decoding import PROMPTS, WORDS, decoding, generate
model = toy.model("tied_lstm", seed=4, embedding_size=32, units=32)
print([headline.words for headline in generate(model, PROMPTS, WORDS, decoding(seed=5))])
"""


@pytest.mark.exhaustive
@pytest.mark.slow
def test_another_process_writes_the_same(model):
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run([sys.executable, "-c", WRITING], check=True, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == str(
        [headline.words for headline in generate(model, PROMPTS, WORDS, decoding(seed=5))]
    )
