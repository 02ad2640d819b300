import os
import signal
import threading
import time

import numpy as np
import pytest

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import StoppedBySignalError, UserError
from gan_pipelines.training.checkpoint import Checkpoint, CheckpointStore
from gan_pipelines.training.engine import flat_weights, set_flat_weights
from gan_pipelines.training.trainer import Schedule
from tests import toy
from tests.backends import BACKEND

# 40 images and batches of 8: 5 steps an epoch. The toy discriminator has dropout, the toy generator batch norm.
TRAINING = {
    "steps": 12,
    "batch_size": 8,
    "ema_decay": 0.9,
    "checkpoint_every_steps": 5,
    "preview": {"images": 2},
    "snapshots": {"every_steps": 4},
}
KERNEL = "state/generator/network/dense/kernel"


def train(store=None, pixels=None, pair=None, **changes):
    parameters = AdversarialTrainingParameters.model_validate(TRAINING | changes)
    pixels = toy.images() if pixels is None else pixels
    return train_gan("Training", pair or (toy.generator(), toy.discriminator()), pixels, parameters, store=store)


def outcome(trained):
    """Everything that an interruption must not change."""
    result = trained.result
    weights = [*trained.generator.get_weights(), *trained.discriminator.get_weights()]
    recordings = [array for name in ("snapshots", "previews") for array in vars(result.recordings[name]).values()]
    return [*weights, *result.logs.values(), *recordings]


def assert_equal(first, second):
    assert len(first) == len(second)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    store = CheckpointStore(tmp_path_factory.mktemp("uninterrupted"))
    return outcome(train(store)), store.latest().arrays


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path / "checkpoints")


class DyingStore(CheckpointStore):
    """A store whose process ends right after a checkpoint, as far as the training can tell."""

    def __init__(self, folder, last_step):
        super().__init__(folder)
        self._last_step = last_step

    def save(self, checkpoint):
        super().save(checkpoint)
        if checkpoint.step >= self._last_step:
            raise KeyboardInterrupt


@pytest.mark.first_case
@pytest.mark.parametrize("deaths", [[1], [7], [2, 4, 11], [5, 10]])
def test_interrupted_equals_uninterrupted(store, uninterrupted, deaths):
    for step in deaths:
        with pytest.raises(KeyboardInterrupt):
            train(DyingStore(store.folder, step), checkpoint_every_steps=1)
    trained = train(store)
    assert_equal(outcome(trained), uninterrupted[0])
    assert trained.result.resumed_at == tuple(deaths)
    final = store.latest().arrays
    assert final.keys() == uninterrupted[1].keys()
    assert all(np.array_equal(final[path], uninterrupted[1][path]) for path in final)


def test_more_steps_go_on_where_training_ended(store):
    train(store, steps=7)
    assert_equal(outcome(train(store, steps=12)), outcome(train(steps=12)))


def test_epochs_are_continued_as_well(store):
    train(store, steps=None, epochs=1)
    assert_equal(outcome(train(store, steps=None, epochs=3)), outcome(train(steps=None, epochs=3)))


def test_a_finished_training_runs_no_step(store, uninterrupted, caplog):
    caplog.set_level("INFO")
    train(store)
    caplog.clear()
    assert_equal(outcome(train(store)), uninterrupted[0])
    assert "already trained to step 12" in caplog.text
    assert "compiling" not in caplog.text


CHANGES = [
    ({"batch_size": 4}, "training.batch_size: 8 in the checkpoint, 4 now"),
    ({"seed": 1}, "training.seed: 0 in the checkpoint, 1 now"),
    ({"label_smoothing": "smoothed"}, "training.label_smoothing: 'hard' in the checkpoint, 'smoothed' now"),
    (
        {"optimizers": {"generator": {"name": "sgd"}}},
        "training.optimizers.generator.name: 'adam' in the checkpoint, 'sgd' now",
    ),
    ({"ema_decay": None}, "training.ema_decay: 0.9 in the checkpoint, None now"),
    ({"pixels": toy.images(seed=9)}, r"real samples \(content\)"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_another_configuration_is_refused_by_its_keys(store, change, message):
    train(store, steps=2)
    with pytest.raises(UserError, match=message) as refusal:
        train(store, **change)
    assert "training.on_changed_configuration=restart" in str(refusal.value)


def test_a_shorter_training_keeps_its_checkpoints_beside_those_of_the_longer_one(store):
    longer = train(store, steps=6)
    shorter = train(store, steps=3)
    assert_equal(outcome(shorter), outcome(train(steps=3)))
    assert store.sub_store("until-000000003").latest().step == 3
    assert_equal(outcome(train(store, steps=6)), outcome(longer))


def test_a_restart_discards_what_does_not_fit(store):
    train(store, steps=2, seed=1)
    trained = train(store, on_changed_configuration="restart")
    assert_equal(outcome(trained), outcome(train()))
    assert trained.result.resumed_at == ()


def test_other_conditions_continue_but_say_so(store, caplog, monkeypatch):
    train(store, steps=5)
    monkeypatch.setenv({"tensorflow": "TF_NUM_INTRAOP_THREADS", "jax": "NPROC"}[BACKEND], "17")
    trained = train(store)
    assert not trained.result.is_exact
    assert "not bit for bit" in caplog.text
    assert "threads" in caplog.text


def rewrite(store, change):
    """Writes the latest checkpoint again with other arrays, as another release of Keras might have left it."""
    found = store.latest()
    arrays = dict(found.arrays)
    change(arrays)
    environment = found.record["environment"] | {"keras": "3.0.0"}
    store.save(Checkpoint(found.step, arrays, {**found.record, "environment": environment}))


MISFITS = {
    "another name": (lambda arrays: arrays.update({"state/generator/elsewhere": arrays.pop(KERNEL)}), "elsewhere"),
    "another shape": (
        lambda arrays: arrays.update({KERNEL: arrays[KERNEL][:2]}),
        r"\(2, 16\) in the checkpoint, \(3, 16\) now",
    ),
    "missing": (lambda arrays: arrays.pop(KERNEL), r"missing in the checkpoint, \(3, 16\) now"),
}


@pytest.mark.parametrize(("change", "message"), MISFITS.values(), ids=MISFITS)
def test_a_state_that_does_not_fit_is_refused_and_can_be_begun_anew(store, change, message):
    train(store, steps=2)
    rewrite(store, change)
    with pytest.raises(UserError, match=message) as refusal:
        train(store)
    assert str(store.folder) in str(refusal.value)
    assert "keras: '3.0.0' in the checkpoint" in str(refusal.value)
    trained = train(store, on_changed_configuration="restart", steps=3)
    assert trained.result.resumed_at == ()
    assert trained.result.is_exact


def test_divergence_ends_with_step_and_network_and_keeps_the_last_finite_checkpoint(store):
    optimizers = {"generator": {"name": "sgd", "learning_rate": 1e38}, "discriminator": {"name": "sgd"}}
    with pytest.raises(UserError, match=r"(generator|discriminator).*at step \d.*learning rate") as failure:
        train(store, optimizers=optimizers, checkpoint_every_steps=1)
    assert str(store.folder) in str(failure.value)
    found = store.latest()
    assert found is None or all(np.isfinite(values).all() for values in found.arrays.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_within_a_step_and_the_next_run_goes_on(store, number):
    def send_when_running():
        while not any(store.folder.glob("step-*")):
            time.sleep(0.001)
        os.kill(os.getpid(), number)

    previous = signal.getsignal(number)
    threading.Thread(target=send_when_running, daemon=True).start()
    with pytest.raises(StoppedBySignalError) as stopped:
        train(store, steps=20_000)
    assert stopped.value.signal_number == number
    assert signal.getsignal(number) is previous
    step = store.latest().step
    assert 5 <= step < 20_000
    assert f"stopped at step {step:,} of 20,000" in str(stopped.value)
    assert_equal(outcome(train(store, steps=step + 3)), outcome(train(steps=step + 3)))


def test_previews_are_drawn_from_the_start_on_and_differ(uninterrupted):
    steps, frames = uninterrupted[0][-2:]
    assert steps.tolist() == [0, 5, 10, 12]
    assert frames.shape == (4, 2, *toy.IMAGE_SHAPE)
    assert frames.dtype == np.uint8
    assert not np.array_equal(frames[0], frames[1])


def test_previews_can_be_asked_for_by_steps():
    trained = train(preview={"images": 2, "every_epochs": 1, "every_steps": 3})
    assert trained.result.recordings["previews"].steps.tolist() == [0, 3, 6, 9, 12]


def test_nothing_given_is_changed():
    generator, discriminator = toy.generator(), toy.discriminator()
    before = [*generator.get_weights(), *discriminator.get_weights()]
    parameters = AdversarialTrainingParameters.model_validate(TRAINING | {"steps": 2})
    train_gan("Training", (generator, discriminator), toy.images(), parameters)
    assert_equal([*generator.get_weights(), *discriminator.get_weights()], before)


def test_without_a_store_training_is_the_same(uninterrupted):
    assert_equal(outcome(train()), uninterrupted[0])


def test_bfloat16_trains_and_exports_float32():
    trained = train(precision="mixed_bfloat16", steps=3)
    assert all(np.isfinite(values).all() for values in trained.result.logs.values())
    assert {layer.compute_dtype for layer in trained.generator.layers} == {"float32"}


def test_a_gpu_that_is_not_there_is_named_before_training():
    with pytest.raises(UserError, match=r"training.devices is 'gpu'.*\[(jax-)?gpu\]"):
        train(devices="gpu")


def test_the_schedule_stops_where_something_is_due():
    schedule = Schedule(total_steps=23, checkpoint_every=4)
    assert [schedule.next_stop(step) for step in (0, 4, 8, 9, 20, 22)] == [4, 8, 12, 12, 23, 23]


def test_previews_are_drawn_at_chosen_epochs_and_at_the_end(store):
    trained = train(store, preview={"images": 2, "at_epochs": [1, 2, 9]})
    assert trained.result.recordings["previews"].steps.tolist() == [0, 5, 10, 12]


def test_previews_of_points_keep_their_numbers():
    parameters = AdversarialTrainingParameters.model_validate(TRAINING | {"steps": 2})
    trained = train_gan(
        "Training",
        (toy.generator(), toy.discriminator()),
        toy.images(),
        parameters,
        postprocess=lambda samples: samples,
    )
    previews = trained.result.recordings["previews"].values
    assert previews.dtype == np.float32
    assert previews.shape == (2, 2, 4, 4, 1)


def test_snapshots_hold_the_weights_of_the_generator_that_is_kept():
    trained = train()
    snapshots = trained.result.recordings["snapshots"]
    assert snapshots.steps.tolist() == [4, 8, 12]
    assert np.array_equal(snapshots.values[-1], flat_weights(trained.generator))
    assert not np.array_equal(snapshots.values[0], snapshots.values[1])
    earlier = toy.generator()
    set_flat_weights(earlier, snapshots.values[0])
    assert_equal(earlier.get_weights(), train(steps=4).generator.get_weights())


def test_without_snapshots_only_the_end_is_kept():
    assert train(snapshots=None, steps=3).result.recordings["snapshots"].steps.tolist() == [3]
