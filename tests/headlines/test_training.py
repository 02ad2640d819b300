import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.language_model import token_log_probabilities
from gan_pipelines.headlines.model_parameters import LanguageTrainingParameters
from gan_pipelines.headlines.training import NextTokenObjective, train_language_model
from gan_pipelines.training.checkpoint import CheckpointStore
from tests.backends import WITHOUT_XLA, only_on_tensorflow
from tests.headlines import toy
from tests.training.test_trainer import DyingStore, assert_equal

HELDOUT = toy.sequences(toy.encoded(count=16, seed=1))
# 48 headlines and batches of 8: 6 steps an epoch. Both networks have dropout.
TRAINING = {
    "epochs": None,
    "steps": 14,
    "batch_size": 8,
    "optimizer": {"name": "adam", "learning_rate": 0.02},
    "ema_decay": 0.9,
    "early_stopping": {"every_steps": 4},
    "jit_compile": WITHOUT_XLA,
    "checkpoint_every_steps": 5,
}


def train(store=None, architecture="tied_lstm", form="sequences", heldout=None, training=None, **changes):
    parameters = LanguageTrainingParameters.model_validate(TRAINING | changes)
    make = {"sequences": toy.sequences, "prefixes": toy.prefixes}[form]
    training = make() if training is None else training
    heldout = make(toy.encoded(count=16, seed=1)) if heldout is None else heldout
    model = toy.model(architecture, form)
    return train_language_model("Training", model, training, heldout, parameters, store)


def outcome(trained):
    """Everything that an interruption must not change."""
    measurements = trained.result.measurements
    return [
        *trained.model.get_weights(),
        *trained.result.logs.values(),
        np.array([*measurements.values.items()]),
        np.array(measurements.best_step),
    ]


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path / "checkpoints")


def test_the_loss_weighs_every_word_alike():
    model, examples = toy.model(), toy.sequences()
    model.trainable = False
    targets_per_example = np.count_nonzero(examples["targets"]) / len(examples["targets"])
    for layer in model.layers:
        if hasattr(layer, "rate"):
            layer.rate = 0.0
    found = NextTokenObjective(model, targets_per_example)(("language_model",), examples, key=None)
    expected = -token_log_probabilities(model, examples).mean()
    assert float(np.mean(np.asarray(found.losses["language_model"]))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.first_case
@pytest.mark.parametrize("form", ["sequences", "prefixes"])
@pytest.mark.parametrize("architecture", ["chapter_lstm", "tied_lstm"])
def test_it_learns_the_language(architecture, form):
    steps = 300 if form == "sequences" else 1200  # of the same number of headlines, in as many examples as words
    trained = train(architecture=architecture, form=form, steps=steps, early_stopping={"every_steps": 100})
    values = trained.result.measurements.values.values()
    assert np.exp(min(values)) < 4  # of 9 ids; a word has 2 successors, and may be the last


def test_the_model_is_that_of_the_best_measurement():
    trained = train(optimizer={"name": "adam", "learning_rate": 1.0}, ema_decay=None)
    measurements = trained.result.measurements
    assert measurements.best_step < 14
    loss = -token_log_probabilities(trained.model, HELDOUT).mean()
    assert loss == pytest.approx(min(measurements.values.values()), rel=1e-6)


def test_it_ends_early_and_says_so():
    early = {"every_steps": 2, "patience": 2}
    trained = train(optimizer={"name": "adam", "learning_rate": 1.0}, ema_decay=None, early_stopping=early, steps=99)
    record = trained.record()
    assert record["stopped_early"]
    assert record["steps"] == record["best_step"] + 4 < 99
    assert record["validation_steps"] == list(range(2, record["steps"] + 1, 2))
    assert record["epochs"] == record["steps"] / 6


@pytest.mark.first_case
@pytest.mark.parametrize(("architecture", "deaths"), [("chapter_lstm", [9]), ("tied_lstm", [1, 6])])
def test_interrupted_equals_uninterrupted(store, architecture, deaths):
    for step in deaths:
        with pytest.raises(KeyboardInterrupt):
            train(DyingStore(store.folder, step), architecture, checkpoint_every_steps=1)
    trained = train(store, architecture)
    assert_equal(outcome(trained), outcome(train(architecture=architecture)))
    assert trained.result.resumed_at == tuple(deaths)


def test_prefixes_are_resumed_as_well(store):
    train(store, form="prefixes", steps=5)
    assert_equal(outcome(train(store, form="prefixes")), outcome(train(form="prefixes")))


@pytest.mark.exhaustive
@only_on_tensorflow
@pytest.mark.slow
def test_compiled_by_xla_it_learns_and_resumes_as_well(store):
    train(store, steps=5, jit_compile="auto")
    trained = train(store, jit_compile="auto")
    assert trained.result.environment["jit_compile"] == "true"
    assert_equal(outcome(trained), outcome(train(jit_compile="auto")))


CHANGES = [
    ({"batch_size": 4}, "training.batch_size: 8 in the checkpoint, 4 now"),
    ({"early_stopping": {"every_steps": 3}}, "training.early_stopping.every_steps: 4 in the checkpoint, 3 now"),
    ({"training": toy.sequences(toy.encoded(seed=5))}, r"text \(training headlines\)"),
    ({"heldout": toy.sequences()}, r"text \(validation headlines\)"),
    ({"architecture": "chapter_lstm"}, "networks: "),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_another_configuration_is_refused_by_its_keys(store, change, message):
    train(store, steps=2)
    with pytest.raises(UserError, match=message):
        train(store, **change)


def test_too_few_headlines_are_said_to_be_too_few():
    with pytest.raises(UserError, match=r"49 examples \(training.batch_size 49\).*only 48"):
        train(batch_size=49)


def test_nothing_given_is_changed():
    model = toy.model()
    before = [values.copy() for values in model.get_weights()]
    parameters = LanguageTrainingParameters.model_validate(TRAINING | {"steps": 2})
    train_language_model("Training", model, toy.sequences(), HELDOUT, parameters)
    assert_equal(model.get_weights(), before)
