"""Encoders of captions and pictures: their vectors, the drawn wording, and that a picture is nearest to its caption."""

import numpy as np
import pytest

from gan_pipelines.captions.encoders import build_encoders, encode, encode_wordings, train_encoders
from gan_pipelines.captions.parameters import EncoderTrainingParameters
from gan_pipelines.captions.words import caption_vocabulary
from gan_pipelines.training.backend import Key
from gan_pipelines.training.inference import infer
from gan_pipelines.training.wordings import drawn_wording, repeated
from tests.backends import step_number

COLOURS = {"red": (1, -1, -1), "green": (-1, 1, -1), "blue": (-1, -1, 1), "white": (1, 1, 1)}
NAMES = [*COLOURS] * 12
PIXELS = np.stack([np.full((8, 8, 3), COLOURS[name], np.float32) for name in NAMES])
PIXELS += np.random.default_rng(0).normal(0, 0.2, PIXELS.shape).astype(np.float32)
CAPTIONS = [(f"a {name} square",) if name == "red" else (f"a {name} square", f"{name} it is") for name in NAMES]
VOCABULARY = caption_vocabulary([text for each in CAPTIONS for text in each])
SMALL = {"vector_size": 8, "steps": 60, "batch_size": 16}


def test_captions_of_fewer_wordings_repeat_theirs():
    texts, counts = repeated([["one"], ["two", "three"]])
    assert texts == [["one", "one"], ["two", "three"]]
    assert counts.tolist() == [1, 2]


def test_each_different_wording_is_drawn_equally_often():
    values = np.arange(3, dtype=np.float32)[None, :, None].repeat(3000, axis=0)
    counts = np.repeat([1, 2, 3], 1000)
    drawn = np.asarray(drawn_wording(values, counts, Key(0, step_number(0))))[:, 0].reshape(3, 1000).astype(int)
    found = [np.bincount(row, minlength=3) / 1000 for row in drawn]
    assert found[0].tolist() == [1, 0, 0]
    assert found[1] == pytest.approx([0.5, 0.5, 0], abs=0.05)
    assert found[2] == pytest.approx([1 / 3] * 3, abs=0.05)
    again = np.asarray(drawn_wording(values, counts, Key(0, step_number(1))))[:, 0].reshape(3, 1000)
    assert not np.array_equal(drawn, again)


@pytest.mark.parametrize("reading", ["in_order", "any_order"])
def test_a_picture_is_nearest_to_its_own_caption(reading):
    parameters = EncoderTrainingParameters(reading=reading, **SMALL)
    text_encoder, picture_encoder = train_encoders("Encoders", PIXELS, CAPTIONS, VOCABULARY, parameters)
    captions = encode(text_encoder, [f"a {name} square" for name in COLOURS], VOCABULARY)
    (pictures,) = infer(picture_encoder, PIXELS)
    assert np.square(captions).mean(axis=1) == pytest.approx(np.ones(4), abs=1e-4)
    assert [[*COLOURS][index] for index in (pictures @ captions.T).argmax(axis=1)] == NAMES


def test_equal_seeds_train_equal_encoders():
    vectors = [
        encode_wordings(
            train_encoders("Encoders", PIXELS, CAPTIONS, VOCABULARY, EncoderTrainingParameters(**SMALL | {"steps": 3}))[
                0
            ],
            CAPTIONS,
            VOCABULARY,
        ).values
        for _ in range(2)
    ]
    assert vectors[0].shape == (48, 2, 8)
    assert np.array_equal(*vectors)


def test_padding_changes_no_vector():
    network = build_encoders((8, 8, 3), len(VOCABULARY), EncoderTrainingParameters(**SMALL))
    tokens = np.array([[3, 4, 5, 0, 0]], np.int32)
    padded, _ = network([tokens, PIXELS[:1]])
    short, _ = network([tokens[:, :3], PIXELS[:1]])
    assert np.asarray(padded) == pytest.approx(np.asarray(short), abs=1e-6)
