"""Words of captions: what counts as a word, ids, and words that are not known."""

import numpy as np
import pytest

from gan_pipelines.caption_words import words_of
from gan_pipelines.captions.words import MAXIMUM_LENGTH, caption_vocabulary, token_ids, unknown_words
from gan_pipelines.errors import UserError
from gan_pipelines.headlines.vocabulary import FIRST_WORD, PAD

CAPTIONS = ["A red tomato, on white.", "a RED tomato", "l'été à la mer"]


def test_words_are_lower_case_and_without_punctuation():
    assert words_of("It's  a RED tomato — l'été, 3 kg!") == ["it's", "a", "red", "tomato", "l'été", "3", "kg"]


def test_the_most_frequent_words_come_first():
    assert caption_vocabulary(CAPTIONS).words[:3] == ("a", "red", "tomato")
    assert set(caption_vocabulary(CAPTIONS).words[3:]) == {"on", "white", "l'été", "à", "la", "mer"}


def test_captions_without_a_word_are_refused():
    with pytest.raises(UserError, match=r"images\.captions: no caption has a word"):
        caption_vocabulary(["...", "!"])


def test_ids_are_padded_and_long_captions_cut():
    vocabulary = caption_vocabulary(CAPTIONS)
    ids = token_ids(["a red zebra", "a " * 100, "zebra"], vocabulary)
    assert ids.shape == (3, MAXIMUM_LENGTH)
    assert ids[0, :3].tolist() == [FIRST_WORD, FIRST_WORD + 1, PAD], "unknown words are left out"
    assert not ids[2].any()
    assert np.all(ids[1] == FIRST_WORD)


def test_unknown_words_are_listed_once():
    assert unknown_words(["a red zebra", "Zebra on a moon"], caption_vocabulary(CAPTIONS)) == ("zebra", "moon")
