"""`kill -9` anywhere, a full disk and a folder that is read-only: rows 17 and 18."""

import errno
import signal

import pytest

from tests.incremental.events import at_change, changed_path, die
from tests.incremental.harness import STATE

pytestmark = pytest.mark.exhaustive

MOMENTS = 8


def is_state(path):
    return f"/{STATE}/" in path


def die_at(moment):
    return lambda number: die() if number == moment else None


def test_row_17_killed_between_two_outputs_of_a_node(toy, results):
    killed = toy.run(hook=at_change(lambda path: path.endswith("/disc.json"), die))
    assert killed.exit_code == -signal.SIGKILL
    assert (toy / "data/06_models/gen.json").exists()
    assert not (toy / "data/06_models/disc.json").exists()
    calls = toy.calls()
    assert "prep" not in calls
    assert calls.count("train") == 1
    toy.passes("--pipeline=other")
    assert toy.data() == results


def test_row_17_killed_between_two_outputs_over_those_of_an_earlier_run(done):
    changed = "--params=train.epochs=4"
    killed = done.run(changed, hook=at_change(lambda path: path.endswith("/disc.json"), die))
    assert killed.exit_code == -signal.SIGKILL
    assert done.calls(changed).count("train") == 1
    assert done.read("data/06_models/disc.json") == {"margin": sum(done.read("data/06_models/gen.json")["weights"])}
    assert done.calls() == []  # the earlier one is restored


def changes_of(toy, *arguments):
    """How many changes of files a run makes."""
    counted = toy.folder.with_name("counted.txt")
    counted.touch()

    def count(_):
        with counted.open("a") as file:
            file.write(".")

    toy.passes(*arguments, hook=at_change(lambda path: f"{toy.folder}/" in path, count))
    return len(counted.read_text("utf8"))


def moments(total):
    """Some of them, from the first to the last."""
    return [round(index * (total - 1) / (MOMENTS - 1)) for index in range(MOMENTS)]


def killed_anywhere(start, *arguments):
    """Yields a project for each of some moments, after a run that was killed then."""
    for moment in moments(changes_of(start("counted"), *arguments)):
        toy = start(f"killed-{moment}")
        killed = toy.run(*arguments, hook=at_change(lambda path, toy=toy: f"{toy.folder}/" in path, die_at(moment)))
        assert killed.exit_code == -signal.SIGKILL
        yield toy


def completed(toy):
    """What nodes wrote, without what the killed process had not yet renamed."""
    return {name: content for name, content in toy.data().items() if "/.tmp-" not in name}


def test_row_18_killed_at_any_change_of_a_run(done, results, tmp_path):
    changed = "--params=train.epochs=4"
    expected = done.copied_to(tmp_path / "expected")
    expected.passes(changed)
    for toy in killed_anywhere(lambda name: done.copied_to(tmp_path / name), changed):
        toy.passes(changed)
        assert completed(toy) == expected.data()
        assert toy.calls(changed) == []
        assert toy.calls() == []  # what was there before the killed run was not lost
        assert completed(toy) == results
        assert toy.ask("cache", "verify")["damaged"] == []


def test_row_18_killed_at_any_change_of_a_restoring_run(done, results, tmp_path):
    done.passes("--params=train.epochs=4")
    for toy in killed_anywhere(lambda name: done.copied_to(tmp_path / name)):
        assert toy.calls() == []
        assert completed(toy) == results
        assert toy.ask("cache", "verify")["damaged"] == []


def test_row_18_torn_state_is_no_error(done, results):
    for path in (done / STATE).rglob("*.json"):
        path.write_bytes(path.read_bytes()[:-7])
    done.passes()
    done.passes("--pipeline=other")
    assert done.data() == results
    assert done.calls() == []


def forbidding(belonging, number):
    """A hook that lets changes fail as the operating system does."""

    def hook(event, arguments):
        path = changed_path(event, arguments)
        if path is not None and belonging(path):
            raise OSError(number, "forbidden by the test", path)

    return hook


def test_a_full_disk_costs_the_memory_and_not_the_results(toy, results):
    first = toy.passes(hook=forbidding(is_state, errno.ENOSPC))
    assert "forbidden by the test" in first.stderr
    assert len(toy.calls("--pipeline=other", hook=forbidding(is_state, errno.ENOSPC))) == 1
    assert toy.data() == results
    toy.passes()
    assert toy.calls() == []


def test_a_disk_that_fills_up_costs_the_copies_and_not_the_comparison(toy, results):
    toy.passes(hook=forbidding(lambda path: f"/{STATE}/blobs/" in path, errno.ENOSPC))
    assert toy.calls() == []
    (toy / "data/06_models/gen.json").unlink()
    assert toy.calls() == ["train"]
    toy.passes("--pipeline=other")
    assert toy.data() == results


def test_nothing_needs_to_be_written_when_nothing_changed(done):
    read_only = forbidding(lambda path: path.startswith(str(done.folder)), errno.EROFS)
    assert done.calls(hook=read_only) == []
    assert set(done.states(hook=read_only).values()) == {"up-to-date", "not needed"}


@pytest.mark.parametrize("place", ["data/06_models", STATE])
def test_a_file_where_a_folder_should_be_ends_in_no_wrong_result(toy, place):
    (toy / place).write_text("in the way", "utf8")
    result = toy.run()
    assert (result.exit_code == 0) == (place == STATE)
    (toy / place).unlink()
    toy.passes()
    assert toy.calls() == []
