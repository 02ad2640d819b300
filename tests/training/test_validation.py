import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.errors import UserError
from gan_pipelines.training.backend import ForwardResult, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.engine import Engine, Phase, Player, build_optimizer
from gan_pipelines.training.parameters import AdamParameters
from gan_pipelines.training.precision import copy_for_training
from gan_pipelines.training.trainer import Schedule, Trainer
from gan_pipelines.training.validation import Measurements, Validation
from tests.training.test_trainer import DyingStore, assert_equal

NUMBERS = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)


class Recovery:
    """Gives back what went in, through dropout."""

    metric_names = ()

    def __init__(self, network):
        self.network = network

    def __call__(self, players, batch, key):  # noqa: ARG002 - draws nothing
        error = self.network(batch["numbers"], training=True) - batch["numbers"]
        return ForwardResult(dict.fromkeys(players, keras.ops.mean(error**2, axis=1)), {})


def network():
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)
    numbers = layers.Input((3,))
    return keras.Model(numbers, layers.Dense(3)(layers.Dropout(0.4)(layers.Dense(8)(numbers))))


def train(store=None, *, steps=12, every=2, patience=None, values=None, checkpoint_every=5, measured=None):
    """Trains; ``values`` are what is measured after each ``every`` steps, instead of the true error."""
    untrained, device = network(), open_device("cpu", "auto", 8)
    with device.scope():
        trained = copy_for_training(untrained, "float32")
        player = Player("recovery", trained, build_optimizer(AdamParameters(learning_rate=0.05), trained, 8))
        engine = Engine([player], [Phase(("recovery",))], Recovery(trained), seed=3)

    def measure():
        step = int(player.optimizer.iterations)
        if measured is not None:
            measured.append(step)
        if values is not None:
            return values[step // every - 1]
        return float(np.mean((np.asarray(trained(NUMBERS, training=False)) - NUMBERS) ** 2))

    trainer = Trainer(
        "Recovery",
        engine=engine,
        data={"numbers": NUMBERS},
        order=BatchOrder(40, 8, 1, seed=3),
        device=device,
        schedule=Schedule(steps, checkpoint_every=checkpoint_every),
        configuration={"patience": patience},
        store=store,
        validation=Validation("error", measure, {"recovery": trained}, every, patience),
    )
    return trainer.run(), trained


def outcome(result):
    found = result.measurements
    return [
        *result.logs.values(),
        np.array([*found.values.items()]),
        np.array(found.best_step),
        np.array(result.has_stopped_early),
        *found.best_weights["recovery"],
    ]


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path / "checkpoints")


def test_it_measures_at_distances_and_at_the_end():
    measured = []
    result, trained = train(steps=7, every=3, measured=measured)
    assert measured == [*result.measurements.values] == [3, 6, 7]
    last = float(np.mean((np.asarray(trained(NUMBERS, training=False)) - NUMBERS) ** 2))
    assert result.measurements.values[7] == last
    assert not result.has_stopped_early


def test_the_end_is_measured_once():
    measured = []
    train(steps=6, every=3, measured=measured)
    assert measured == [3, 6]


def test_the_best_weights_are_those_of_the_best_step_the_first_of_equals():
    values = [3.0, 1.0, 2.0, 1.0, 4.0, 5.0]
    result, trained = train(values=values)
    assert result.measurements.best_step == 4
    best, _ = train(steps=4, values=values)
    assert_equal(result.measurements.best_weights["recovery"], best.measurements.best_weights["recovery"])
    assert not np.array_equal(result.measurements.best_weights["recovery"][0], trained.get_weights()[0])


def test_it_stops_when_patience_ends():
    values = [5.0, 3.0, 4.0, 3.5, 9.0, 9.0]
    result, _ = train(values=values, patience=2)
    assert [*result.measurements.values] == [2, 4, 6, 8]
    assert len(result.logs["recovery_loss"]) == 8
    assert result.measurements.best_step == 4
    assert result.has_stopped_early


def test_a_new_best_renews_patience():
    result, _ = train(values=[5.0, 6.0, 4.0, 6.0, 3.0, 6.0], patience=2)
    assert not result.has_stopped_early
    assert result.measurements.best_step == 10


def test_patience_that_ends_with_the_schedule_does_not_count_as_early():
    result, _ = train(steps=6, values=[1.0, 2.0, 3.0], patience=2)
    assert len(result.logs["recovery_loss"]) == 6
    assert not result.has_stopped_early


VALUES = [5.0, 3.0, 4.0, 2.0, 6.0, 7.0, 8.0, 1.0, 1.0, 1.0]


@pytest.mark.first_case
@pytest.mark.parametrize("deaths", [[1], [4], [3, 4, 9], [13]])
@pytest.mark.parametrize("values", [None, VALUES])
def test_interrupted_equals_uninterrupted(store, deaths, values):
    settings = {"steps": 20, "patience": 3, "values": values}
    for step in deaths:
        with pytest.raises(KeyboardInterrupt):
            train(DyingStore(store.folder, step), checkpoint_every=1, **settings)
    result, _ = train(store, **settings)
    assert_equal(outcome(result), outcome(train(**settings)[0]))
    assert result.resumed_at == tuple(deaths)


def test_a_training_that_stopped_early_is_finished(store, caplog):
    settings = {"values": VALUES, "patience": 1}
    first, _ = train(store, steps=12, **settings)
    caplog.set_level("INFO")
    measured = []
    again, _ = train(store, steps=12, measured=measured, **settings)
    assert_equal(outcome(again), outcome(first))
    assert again.has_stopped_early
    assert "already trained to step 6" in caplog.text
    assert measured == []
    assert again.resumed_at == ()


def test_more_steps_do_not_wake_a_training_that_stopped_early(store):
    settings = {"values": VALUES, "patience": 1}
    train(store, steps=12, **settings)
    assert_equal(outcome(train(store, steps=20, **settings)[0]), outcome(train(steps=20, **settings)[0]))


def test_more_steps_go_on_as_if_there_had_been_no_end(store):
    """A measurement at an end that is none of a longer training is forgotten by it."""
    measured = []
    train(store, steps=5, every=2)
    result, _ = train(store, steps=12, every=2, measured=measured)
    assert measured == [6, 8, 10, 12]
    assert_equal(outcome(result), outcome(train(steps=12, every=2)[0]))


def test_fewer_steps_leave_the_longer_training_alone(store):
    longer, _ = train(store, steps=8)
    shorter, _ = train(store, steps=4)
    assert_equal(outcome(shorter), outcome(train(steps=4)[0]))
    assert_equal(outcome(train(store, steps=8)[0]), outcome(longer))


def test_a_measurement_that_is_no_number_ends_training():
    with pytest.raises(UserError, match="error is nan at step 4"):
        train(values=[1.0, np.nan, 1.0])


def test_measurements_are_shown(caplog):
    caplog.set_level("INFO")
    train(steps=4, every=2)
    assert ", error " in caplog.text.splitlines()[-1]


def test_without_measurements_nothing_is_kept():
    assert Measurements().arrays() == {}
    assert Measurements.from_arrays({}) == Measurements()
