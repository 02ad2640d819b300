import json
import os
import resource

import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.training import checkpoint as module
from gan_pipelines.training.checkpoint import Checkpoint, CheckpointStore


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


@pytest.mark.parametrize("fatal_call", range(1, 12))
def test_a_kill_between_any_two_operations_leaves_a_whole_checkpoint(store, fatal_call):
    """Every flush to disk and every rename is a place where a process may die."""
    store.save(at(1))
    child = os.fork()
    if child == 0:
        calls = 0

        def die_at(function):
            def wrapped(*args, **kwargs):
                nonlocal calls
                calls += 1
                if calls == fatal_call:
                    os._exit(9)
                return function(*args, **kwargs)

            return wrapped

        module.flush_to_disk = die_at(module.flush_to_disk)
        module.shutil.rmtree = die_at(module.shutil.rmtree)
        module.Path.rename = die_at(module.Path.rename)
        store.save(at(2))
        os._exit(0)
    os.waitpid(child, 0)
    assert store.latest().step in (1, 2)
    store.prepare()
    assert not list(store.folder.glob(".tmp-*"))
    store.save(at(3))
    assert store.latest().step == 3


def test_a_full_disk_keeps_the_earlier_checkpoint(store):
    store.save(at(1))
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        import signal

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


def test_clear_removes_all(store):
    store.save(at(1))
    store.clear()
    assert store.latest() is None
