"""Collecting, moving and sharing what is remembered: rows 34 and 35."""

import shutil

import pytest

from tests.incremental.harness import STATE, Toy

SECOND, THIRD = "--params=train.epochs=4", "--params=train.epochs=5"


@pytest.fixture
def thrice(done):
    """A project that ran with three values of a parameter; its files are those of the third."""
    done.passes(SECOND)
    done.passes(THIRD)
    return done


def state_files(toy: Toy):
    return sorted(path for path in (toy / STATE).rglob("*") if path.is_file() and path.suffix != ".lock")


def test_row_34_a_dry_run_removes_nothing_and_tells_what_would_go(thrice):
    before = thrice.snapshot()
    told = thrice.ask("cache", "gc", "--keep-runs=1", "--dry-run")
    assert thrice.snapshot() == before
    assert told["dry_run"] is True
    assert told["removed"] > 0
    done = thrice.ask("cache", "gc", "--keep-runs=1")
    assert done == {**told, "dry_run": False}


def test_row_34_collecting_frees_what_is_counted(thrice):
    before = state_files(thrice)
    sizes = {path: path.stat().st_size for path in before}
    told = thrice.ask("cache", "gc", "--keep-runs=1")
    gone = set(before) - set(state_files(thrice))
    assert told["removed"] == len(gone)
    assert told["freed_bytes"] == sum(sizes[path] for path in gone)


def test_row_34_the_present_outputs_stay_restorable(thrice):
    thrice.ask("cache", "gc", "--keep-runs=0")
    expected = thrice.data()
    assert thrice.calls(THIRD) == []
    for path in (thrice / "data/06_models").iterdir():
        path.unlink()
    shutil.rmtree(thrice / "data/07_model_output")
    assert thrice.calls(THIRD) == []
    assert thrice.data() == expected
    assert thrice.ask("cache", "verify")["damaged"] == []


def test_row_34_the_newest_runs_stay_and_older_ones_go(thrice):
    thrice.ask("cache", "gc", "--keep-runs=2")
    assert thrice.calls(SECOND) == []
    assert "train" in thrice.calls()


def test_row_34_pinned_runs_stay(done):
    run = done.ask("cache", "pin")["run"]
    done.passes("--pipeline=other")
    pinned = done.ask("cache", "pin", run)
    assert pinned["run"] == run
    done.passes(SECOND)
    first = done.ask("cache", "pin")["run"]
    done.passes(THIRD)
    done.ask("cache", "gc", "--keep-runs=0")
    assert done.calls(SECOND) == []
    done.ask("cache", "pin", first, "--remove")
    done.passes(THIRD)
    done.ask("cache", "gc", "--keep-runs=0")
    assert "train" in done.calls(SECOND)


def test_row_34_an_unknown_run_cannot_be_pinned(done):
    result = done.kedro("cache", "pin", "yesterday")
    assert result.exit_code == 1
    assert "`yesterday`" in result.stderr


def test_row_34_by_default_the_last_ten_runs_stay(done):
    told = done.ask("cache", "gc")
    assert told["removed"] == 0
    assert told["kept"] > 0


def test_row_35_a_project_moved_to_another_path_runs_nothing(done, results, tmp_path):
    done.folder.rename(tmp_path / "elsewhere")
    (tmp_path / "toy-outside").rename(tmp_path / "elsewhere-outside")
    moved = Toy(tmp_path / "elsewhere")
    result = moved.passes()
    assert result.calls == []
    assert result.counts == (0, 0, 6)
    assert moved.data() == results


def test_row_35_a_copy_restores_what_it_does_not_have(done, results, tmp_path):
    copy = done.copied_to(tmp_path / "a folder with spaces")
    for layer in ("02_intermediate", "06_models", "07_model_output", "08_reporting"):
        shutil.rmtree(copy / "data" / layer)
    assert copy.calls() == []
    assert copy.calls("--pipeline=other") == []
    assert copy.data() == results


def test_row_35_clones_share_results(tmp_path, results):
    shared = str(tmp_path / "shared")
    first, second = Toy.new(tmp_path / "first"), Toy.new(tmp_path / "second")
    first.passes(GAN_PIPELINES_INCREMENTAL_STORE=shared)
    result = second.passes(GAN_PIPELINES_INCREMENTAL_STORE=shared)
    assert result.calls == []
    assert result.counts[0] == 0
    second.passes("--pipeline=other", GAN_PIPELINES_INCREMENTAL_STORE=shared)
    assert second.data() == results
    assert not list((tmp_path / "second" / STATE).glob("blobs/**/*"))
    assert first.calls("--pipeline=other", GAN_PIPELINES_INCREMENTAL_STORE=shared) == []


def test_row_35_what_is_remembered_names_no_machine(done):
    folder = str(done.folder.parent).encode()
    assert not [path for path in state_files(done) if folder in path.read_bytes()]
