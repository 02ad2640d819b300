import subprocess
import sys

import keras
import numpy as np
import pytest

from gan_pipelines.datasets.keras_model import KerasModelDataset
from gan_pipelines.headlines.language_model import (
    build_language_model,
    next_word_logits,
    token_log_probabilities,
)
from gan_pipelines.headlines.model_parameters import LanguageModelParameters
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from tests.headlines import toy

ARCHITECTURES = ["chapter_lstm", "tied_lstm"]
FORMS = ["sequences", "prefixes"]


def logits_of(model, tokens):
    return np.asarray(model(np.array(tokens, np.int32), training=False))


def test_the_chapters_network_has_the_chapters_parameters():
    model = build_language_model(LanguageModelParameters(architecture="chapter_lstm"), 2_000, "prefixes", seed=0)
    assert [layer.count_params() for layer in model.layers if layer.weights] == [20_000, 44_400, 202_000]
    assert [type(layer).__name__ for layer in model.layers[1:]] == ["Embedding", "LSTM", "Dropout", "Dense"]
    assert model.get_layer("logits").activation is keras.activations.linear
    assert next(layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)) == 0.1


def test_dropout_that_the_chapter_does_not_have_is_refused():
    for name in ("word_dropout", "embedding_dropout"):
        with pytest.raises(ValueError, match="apply only to `tied_lstm`"):
            LanguageModelParameters(architecture="chapter_lstm", **{name: 0.0})


@pytest.mark.parametrize("examples", FORMS)
def test_dropout_takes_whole_words_or_whole_features(examples):
    """Without either, training computes what inference does."""
    tokens = toy.sequences()["tokens"]
    none = {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0}
    model = toy.model("tied_lstm", examples, **none)
    assert np.allclose(np.asarray(model(tokens, training=True)), logits_of(model, tokens), atol=1e-6)
    for name, is_constant_along in (("word_dropout", 2), ("embedding_dropout", 1)):
        model = toy.model("tied_lstm", examples, **none | {name: 0.5})
        lstm_reads = keras.Model(model.input, model.get_layer("lstm").input)
        is_dropped = np.asarray(lstm_reads(tokens, training=True)) == 0
        assert 0.3 < is_dropped.mean() < 0.7
        assert (is_dropped.all(axis=is_constant_along) | ~is_dropped.any(axis=is_constant_along)).all()


def test_the_tied_network_has_one_matrix_for_reading_and_writing():
    model = toy.model("tied_lstm")
    assert [variable.shape for variable in model.get_layer("embedding").weights] == [(9, 10)]
    assert model.count_params() == 9 * 10 + 4 * (10 * 12 + 12 * 12 + 12) + 13 * 10


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_logits_are_of_every_place_or_of_the_last(architecture):
    tokens = toy.sequences()["tokens"]
    assert logits_of(toy.model(architecture, "sequences"), tokens).shape == (48, 6, 9)
    assert logits_of(toy.model(architecture, "prefixes"), tokens).shape == (48, 9)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_place_knows_nothing_of_what_follows(architecture):
    model = toy.model(architecture)
    before, after = logits_of(model, [[1, 3, 4, 5, 6]]), logits_of(model, [[1, 3, 4, 8, 2]])
    assert np.array_equal(before[:, :3], after[:, :3])
    assert not np.allclose(before[:, 3], after[:, 3])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_padding_before_a_prefix_is_passed_over(architecture):
    model = toy.model(architecture, "prefixes")
    assert np.allclose(logits_of(model, [[0, 0, 0, 1, 3, 4]]), logits_of(model, [[1, 3, 4]]), atol=1e-6)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_both_forms_compute_the_same_and_are_scored_the_same(architecture):
    by_place, by_prefix = toy.model(architecture, "sequences"), toy.model(architecture, "prefixes")
    by_prefix.set_weights(by_place.get_weights())
    first = token_log_probabilities(by_place, toy.sequences())
    second = token_log_probabilities(by_prefix, toy.prefixes())
    assert first.shape == (sum(len(words) + 1 for words in toy.encoded()),)
    assert np.allclose(first, second, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_seed_decides_the_weights(architecture):
    first, again, other = (toy.model(architecture, seed=seed).get_weights() for seed in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_log_probabilities_by_hand():
    model = toy.model()
    tokens, targets = np.array([[1, 3, 4], [1, 5, 0]], np.int32), np.array([[3, 4, 1], [5, 1, 0]], np.int32)
    logits = logits_of(model, tokens).astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    expected = np.log([shares[0, 0, 3], shares[0, 1, 4], shares[0, 2, 1], shares[1, 0, 5], shares[1, 1, 1]])
    assert np.allclose(token_log_probabilities(model, {"tokens": tokens, "targets": targets}), expected, atol=1e-6)


def test_a_model_that_knows_nothing_is_as_perplexed_as_there_are_ids():
    model = toy.model("chapter_lstm")
    model.set_weights([np.zeros_like(values) for values in model.get_weights()])
    assert np.exp(-np.mean(token_log_probabilities(model, toy.sequences()))) == pytest.approx(9, rel=1e-6)


def test_log_probabilities_do_not_depend_on_what_is_scored_beside():
    model, examples = toy.model(), toy.sequences(toy.encoded(count=150))
    whole = token_log_probabilities(model, examples)
    parts = [
        token_log_probabilities(model, {name: values[start : start + 7] for name, values in examples.items()})
        for start in range(0, 150, 7)
    ]
    assert np.allclose(whole, np.concatenate(parts), atol=1e-6)
    assert whole.dtype == np.float64
    assert (whole <= 0).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_logits_of_the_next_word_are_those_of_the_last_place(architecture, form):
    model = toy.model(architecture, form)
    contexts = [[1], [1, 3, 4], [1, 5], [1, 4, 3]]
    logits = next_word_logits(model, contexts)
    for context, row in zip(contexts, logits, strict=True):
        alone = logits_of(model, [context]).reshape(-1, 9)[-1]
        assert np.allclose(row, alone, atol=1e-6)


def test_logits_of_many_words_are_computed_for_few_contexts_at_a_time(monkeypatch):
    model, contexts = toy.model(), [[1, 3, 4], [1, 5], [1, 4, 3]]
    logits, found = next_word_logits(model, contexts), token_log_probabilities(model, toy.sequences())
    monkeypatch.setattr("gan_pipelines.headlines.language_model._MAXIMUM_LOGITS", 2 * 9 * 6)
    assert np.allclose(next_word_logits(model, contexts), logits, atol=1e-6)
    assert np.allclose(token_log_probabilities(model, toy.sequences()), found, atol=1e-6)


@pytest.mark.first_case
@pytest.mark.parametrize("form", FORMS)
def test_logits_do_not_depend_on_the_contexts_beside_to_the_bit(form):
    model = build_language_model(LanguageModelParameters(), 1_501, form, seed=0)
    words = np.random.default_rng(0).integers(3, 1_501, (150, 5)).tolist()
    contexts = [[1, *some[: length % 6]] for length, some in enumerate(words)]
    whole = next_word_logits(model, contexts)
    alone = np.concatenate([next_word_logits(model, [context]) for context in contexts[::7]])
    assert np.array_equal(whole[::7], alone)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_copies_for_training_and_export_compute_the_same(architecture, form):
    model = toy.model(architecture, form)
    tokens = toy.sequences()["tokens"]
    for copy in (copy_for_training(model, "float32"), copy_for_export(model)):
        assert np.array_equal(logits_of(copy, tokens), logits_of(model, tokens))
    assert len(copy_for_training(model, "float32").weights) == len(model.weights)


def test_half_the_bits_leave_the_logits_in_float32():
    copy = copy_for_training(toy.model(), "mixed_bfloat16")
    assert copy(toy.sequences()["tokens"]).dtype == "float32"


LOADING = """
import sys, keras, numpy
for path in sys.argv[1:]:
    model = keras.models.load_model(path, safe_mode=True)
    numpy.save(path + ".npy", numpy.asarray(model(numpy.array([[1, 3, 4]], "int32"), training=False)))
assert not any(name.startswith("gan_pipelines") for name in sys.modules)
"""


@pytest.mark.slow
def test_a_kept_model_is_read_by_keras_alone(tmp_path):
    models = {str(tmp_path / f"{architecture}.keras"): toy.model(architecture) for architecture in ARCHITECTURES}
    for path, model in models.items():
        KerasModelDataset(filepath=path).save(model)
    subprocess.run([sys.executable, "-c", LOADING, *models], check=True, cwd=tmp_path)
    for path, model in models.items():
        assert np.allclose(np.load(f"{path}.npy"), logits_of(model, [[1, 3, 4]]), atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_model_survives_the_catalog(tmp_path, architecture, form):
    model = toy.model(architecture, form)
    dataset = KerasModelDataset(filepath=str(tmp_path / "model.keras"))
    dataset.save(model)
    tokens = toy.sequences()["tokens"]
    assert np.array_equal(logits_of(dataset.load(), tokens), logits_of(model, tokens))
