import json
import os
import resource
import signal
import sys

import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.training.checkpoint import Checkpoint, CheckpointStore
from tests.another_user import USER, become_another_user, needs_another_user
from tests.forking import fork

FILE_EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree"}
"""What Python tells of a process's calls that touch files."""


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path / "checkpoints")


def at(step):
    arrays = {"state/kernel": np.full((2, 3), step, np.float32), "logs/loss": np.arange(step, dtype=np.float32)}
    return Checkpoint(step, arrays, {"configuration": {"seed": 0}, "seconds": 1.5})


def names(store):
    return sorted(path.name for path in store.folder.iterdir())


def test_what_is_saved_is_read(store):
    store.save(at(7))
    found = store.latest()
    assert found.step == 7
    assert found.record == {"configuration": {"seed": 0}, "seconds": 1.5}
    assert found.arrays.keys() == {"state/kernel", "logs/loss"}
    assert np.array_equal(found.arrays["state/kernel"], np.full((2, 3), 7))
    assert found.arrays["state/kernel"].dtype == np.float32


def test_the_newest_two_stay_in_the_order_of_steps(store):
    for step in (5, 9, 100):
        store.save(at(step))
    assert names(store) == ["step-000000009", "step-000000100"]


def test_nothing_saved_is_no_checkpoint(store):
    assert store.latest() is None


def flip_a_bit(folder):
    path = folder / "arrays.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES = {
    "bit flipped": flip_a_bit,
    "truncated": lambda folder: os.truncate(folder / "arrays.npz", 50),
    "empty": lambda folder: os.truncate(folder / "arrays.npz", 0),
    "file gone": lambda folder: (folder / "record.json").unlink(),
    "manifest gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest empty": lambda folder: os.truncate(folder / "manifest.json", 0),
    "manifest of another form": lambda folder: (folder / "manifest.json").write_text("[1]"),
    "record changed": lambda folder: (folder / "record.json").write_text(json.dumps({"step": 9})),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_checkpoint_gives_way_to_the_one_before_it(store, damage, caplog):
    store.save(at(1))
    store.save(at(2))
    damage(store.folder / "step-000000002")
    assert store.latest().step == 1
    assert "step-000000002 is damaged" in caplog.text


def test_when_all_are_damaged_the_message_names_them_and_the_way_out(store):
    store.save(at(1))
    store.save(at(2))
    for folder in store.folder.iterdir():
        flip_a_bit(folder)
    with pytest.raises(UserError, match=r"step-000000002 \(arrays.npz is not what was written\).*step-1?.*delete"):
        store.latest()


def test_damaged_checkpoints_do_not_push_out_intact_ones(store, caplog):
    for step in (3, 5, 7):
        store.save(at(step))
    flip_a_bit(store.folder / "step-000000007")
    assert store.latest().step == 5
    store.save(at(6))
    assert names(store) == ["step-000000005", "step-000000006"]
    flip_a_bit(store.folder / "step-000000006")
    assert store.latest().step == 5


def test_a_damaged_checkpoint_gives_its_place_to_an_older_one(tmp_path):
    CheckpointStore(tmp_path, kept=4).save(at(1))
    store = CheckpointStore(tmp_path, kept=3)
    for step in (2, 3):
        store.save(at(step))
    flip_a_bit(tmp_path / "step-000000002")
    store.save(at(4))
    assert names(store) == ["step-000000001", "step-000000003", "step-000000004"]


def test_what_was_written_last_stays_however_few_are_kept(tmp_path):
    store = CheckpointStore(tmp_path, kept=0)
    store.save(at(1))
    assert store.latest().step == 1


def audited_process(work, fatal_call):
    """Forks a process that kills itself at its n-th call that touches a file, never for 0; returns status and calls."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        calls = 0

        def count(event, arguments):
            nonlocal calls
            if event in FILE_EVENTS:
                calls += 1
                if calls == fatal_call:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os.write(writing, str(calls).encode())
        os._exit(0)
    os.close(writing)
    calls = os.read(reading, 20)
    os.close(reading)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(calls or 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("saved", [3, 2], ids=["another step", "a step that is there"])
def test_a_kill_at_any_call_leaves_a_whole_checkpoint(tmp_path, caplog, saved):
    """Whoever is killed between two calls that touch a file leaves what the first of them made."""

    def two_saved(name):
        store = CheckpointStore(tmp_path / name)
        for step in (1, 2):
            store.save(at(step))
        return store

    def save_another(store):
        return lambda: store.save(Checkpoint(saved, {"state/kernel": np.ones(5)}, {"seconds": 2}))

    status, calls = audited_process(save_another(two_saved("counted")), fatal_call=0)
    assert status == 0
    assert calls > 10
    found = []
    for fatal_call in range(1, calls + 1):
        store = two_saved(str(fatal_call))
        assert audited_process(save_another(store), fatal_call)[0] == -signal.SIGKILL
        store.prepare()
        assert all(name.startswith("step-") for name in names(store))
        checkpoint = store.latest()
        is_new = checkpoint.arrays.keys() == {"state/kernel"} and checkpoint.step == saved
        assert is_new or checkpoint.arrays.keys() == {"state/kernel", "logs/loss"}
        assert is_new or np.array_equal(checkpoint.arrays["state/kernel"], np.full((2, 3), checkpoint.step))
        found.append((is_new, checkpoint.step))
        store.save(at(4))
        assert store.latest().step == 4
    assert "damaged" not in caplog.text
    assert found == sorted(found, key=lambda each: each[0])
    assert {step for is_new, step in found if not is_new} == ({2} if saved == 3 else {1, 2})
    assert found[-1] == (True, saved)


def test_a_full_disk_keeps_the_earlier_checkpoint(store):
    store.save(at(1))
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            store.save(at(2))
        except UserError as error:
            os._exit(0 if "step-000000002" in str(error) and "Earlier checkpoints are" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert names(store) == ["step-000000001"]
    assert store.latest().step == 1


def test_a_folder_that_cannot_be_written_is_found_out_before_training(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(UserError, match=r"Checkpoints cannot be written to .*file"):
        CheckpointStore(blocked / "checkpoints").prepare()


def refusal_to_another_user(work):
    """Returns the message of the user's error that work ends in when another user does it."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        try:
            become_another_user()
            work()
        except UserError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as stream:
        return stream.read()


@needs_another_user
def test_another_user_is_told_that_the_folder_is_read_only(store):
    store.save(at(1))
    message = refusal_to_another_user(store.prepare)
    assert message.startswith(f"Checkpoints cannot be written to {store.folder}: Permission denied.")
    assert "Make the folder writable or point the catalog entry to another one." in message
    assert message == refusal_to_another_user(store.prepare)
    assert names(store) == ["step-000000001"]


@needs_another_user
@pytest.mark.parametrize("work", [lambda store: store.save(at(2)), lambda store: store.clear()], ids=["save", "clear"])
def test_a_folder_that_becomes_read_only_later_is_named_as_well(store, work):
    store.save(at(1))
    message = refusal_to_another_user(lambda: work(store))
    assert str(store.folder / "step-00000000") in message
    assert "Permission denied" in message
    assert "run the same command again" in message
    assert store.latest().step == 1


@needs_another_user
def test_leftovers_of_another_user_are_no_traceback(store):
    (store.folder / ".tmp-0" / "inner").mkdir(parents=True)
    os.chown(store.folder, USER, USER)
    assert "Permission denied" in refusal_to_another_user(store.prepare)


def test_clear_removes_all(store):
    store.save(at(1))
    store.clear()
    assert store.latest() is None
