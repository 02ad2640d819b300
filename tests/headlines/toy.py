"""Headlines of four words over a language of few, for tests of what works with any language model."""

import numpy as np

from gan_pipelines.headlines.language_model import build_language_model
from gan_pipelines.headlines.model_parameters import LanguageModelParameters

VOCABULARY_SIZE = 9  # words 3 to 8
LENGTH = 6


def encoded(count=48, seed=0):
    """Headlines in which each word is followed by the next one, most of the time."""
    generator = np.random.default_rng(seed)
    headlines = []
    for _ in range(count):
        word, headline = int(generator.integers(6)), []
        for _ in range(int(generator.integers(2, LENGTH))):
            headline.append(3 + word)
            word = (word + (1 if generator.random() < 0.9 else 3)) % 6
        headlines.append(headline)
    return headlines


def sequences(headlines=None):
    headlines = encoded() if headlines is None else headlines
    tokens, targets = (np.zeros((len(headlines), LENGTH), np.int32) for _ in range(2))
    for row, words in enumerate(headlines):
        tokens[row, : len(words) + 1] = [1, *words]
        targets[row, : len(words) + 1] = [*words, 1]
    return {"tokens": tokens, "targets": targets}


def prefixes(headlines=None):
    pairs = [
        ([1, *words][:end], [*words, 1][end - 1])
        for words in (encoded() if headlines is None else headlines)
        for end in range(1, len(words) + 2)
    ]
    tokens = np.array([[0] * (LENGTH - len(context)) + context for context, _ in pairs], np.int32)
    return {"tokens": tokens, "targets": np.array([target for _, target in pairs], np.int32)}


def model(architecture="tied_lstm", examples="sequences", seed=0, **settings):
    parameters = LanguageModelParameters(architecture=architecture, **{"embedding_size": 10, "units": 12, **settings})
    return build_language_model(parameters, VOCABULARY_SIZE, examples, seed)
