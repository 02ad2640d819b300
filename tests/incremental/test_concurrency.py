"""Two processes on one project: row 33, and row 34 while a run is on."""

import os
import signal

import pytest

from tests.incremental.events import at_call, until
from tests.incremental.harness import Toy

pytestmark = pytest.mark.exhaustive


def waiting_at(node, toy: Toy):
    """A hook that keeps a node from going on until the file `go` is there, and the two files of the appointment."""
    arrived, go = (toy.folder.with_name(f"{toy.folder.name}-{name}") for name in ("arrived", "go"))

    def wait():
        arrived.touch()
        until(go.exists)

    return at_call(node, wait), arrived, go


def finish(process, go):
    go.touch()
    result = process.wait()
    assert result.exit_code == 0, result.stderr
    return result


def test_row_33_a_second_run_waits_and_trains_nothing_twice(toy, results):
    hook, arrived, go = waiting_at("train", toy)
    first = toy.start("run", hook=hook)
    until(arrived.exists)
    second = toy.start("run")
    until(lambda: "waiting for it to end" in second.logged())
    assert f"process {first.pid}" in second.logged()
    finish(first, go)
    result = second.wait()
    assert result.exit_code == 0
    assert sorted(result.calls) == ["count", "prep", "publish", "report", "sample", "train"]  # of both together
    assert result.counts == (0, 0, 6)
    toy.passes("--pipeline=other")
    assert toy.data() == results


def test_row_33_runs_on_other_datasets_do_not_wait(toy):
    hook, arrived, go = waiting_at("train", toy)
    first = toy.start("run", hook=hook)
    until(arrived.exists)
    other = toy.start("run", "--pipeline=other").wait()
    assert other.exit_code == 0
    assert "measure" in other.calls
    finish(first, go)
    assert toy.calls() == []
    assert toy.calls("--pipeline=other") == []


def test_row_33_asking_does_not_wait_for_a_run(toy):
    hook, arrived, go = waiting_at("train", toy)
    first = toy.start("run", hook=hook)
    until(arrived.exists)
    status = toy.start("cache", "status", "--json").wait()
    assert status.exit_code == 0
    states = {node["node"]: node["state"] for node in status.answer["nodes"]}
    assert states["prep"] == "up-to-date"
    assert states["train"] == "will run"
    finish(first, go)


def test_row_33_a_killed_run_keeps_nobody_waiting(toy, results):
    hook, arrived, _ = waiting_at("train", toy)
    first = toy.start("run", hook=hook)
    until(arrived.exists)
    second = toy.start("run")
    until(lambda: "waiting for it to end" in second.logged())
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait().exit_code == -signal.SIGKILL
    assert second.wait().exit_code == 0
    toy.passes("--pipeline=other")
    assert toy.data() == results


def test_row_34_collecting_while_a_run_is_on_takes_nothing_from_it(toy):
    toy.passes("--params=train.epochs=9")
    hook, arrived, go = waiting_at("report", toy)
    first = toy.start("run", hook=hook)
    until(arrived.exists)
    collecting = toy.start("cache", "gc", "--keep-runs=0")
    until(lambda: collecting.logged() or not collecting.is_running())
    finish(first, go)
    assert collecting.wait().exit_code == 0
    assert toy.calls() == []
    for output in ("06_models/gen.json", "02_intermediate/prepared.json"):
        (toy / "data" / output).unlink()
    assert toy.calls() == []
    assert toy.ask("cache", "verify")["damaged"] == []
