"""Datasets that live in memory: rows 24 and 25."""

import json
import sys

import pytest
from kedro.framework.session import KedroSession  # noqa: F401 - imported once for all forks
from kedro.framework.startup import bootstrap_project

pytestmark = pytest.mark.exhaustive

EDGES = "--pipeline=edges"
FIRST, SECOND = "--params=edges.first=5,edges.second=1", "--params=edges.first=1,edges.second=5"


def test_row_24_no_producer_is_called_for_consumers_that_are_up_to_date(toy):
    assert sorted(toy.calls(EDGES)) == ["first", "second", "tick", "tock"]
    result = toy.passes(EDGES)
    assert result.calls == []
    assert result.counts == (0, 0, 4)
    assert toy.states(EDGES) == {
        "first": "up-to-date",
        "second": "up-to-date",
        "tick": "not needed",
        "tock": "not needed",
    }


def test_row_24_of_two_consumers_only_the_stale_one_runs_with_what_it_needs(toy):
    toy.passes(EDGES)
    assert toy.calls(EDGES, FIRST) == ["tick", "first"]
    assert toy.read("data/08_reporting/first_out.json") == 6


def test_row_24_all_producers_before_a_stale_consumer_are_called_once(toy):
    toy.passes(EDGES)
    assert toy.calls(EDGES, SECOND) == ["tick", "tock", "second"]
    assert toy.read("data/08_reporting/second_out.json") == 106


def test_row_24_a_producer_is_called_once_for_two_stale_consumers(toy):
    toy.passes(EDGES)
    calls = toy.calls(EDGES, "--params=edges.first=5,edges.second=5")
    assert sorted(calls) == ["first", "second", "tick", "tock"]
    assert toy.read("data/08_reporting/first_out.json") == 6
    assert toy.read("data/08_reporting/second_out.json") == 106


def test_row_24_an_edited_producer_makes_its_consumers_stale(toy):
    toy.passes(EDGES)
    toy.replace_in("src/toy/more_nodes.py", "ticks + 100", "ticks + 200")
    assert toy.calls(EDGES) == ["tick", "tock", "second"]
    assert toy.read("data/08_reporting/second_out.json") == 202


def test_row_24_a_lost_output_of_a_consumer_is_restored_without_its_producers(toy):
    toy.passes(EDGES)
    (toy / "data/08_reporting/second_out.json").unlink()
    assert toy.calls(EDGES) == []
    toy.forget_blobs()
    (toy / "data/08_reporting/second_out.json").unlink()
    assert toy.calls(EDGES) == ["tick", "tock", "second"]


def returned(toy, pipeline):
    """What a session's run returns, in a process of its own, with the calls."""

    def work():
        bootstrap_project(toy.folder)
        from kedro.framework.project import settings

        with settings.SESSION_CLASS.create(toy.folder) as session:
            datasets = session.run(pipeline_names=[pipeline])
        sys.stdout.write(json.dumps({name: dataset.load() for name, dataset in datasets.items()}))

    toy.forget_calls()
    result = toy.fork(work).wait()
    assert result.exit_code == 0, result.stderr
    return result.answer, result.calls


def test_row_25_results_in_memory_are_returned_every_time(toy):
    assert returned(toy, "terminal") == ({"total": 6}, ["total"])
    assert returned(toy, "terminal") == ({"total": 6}, ["total"])


def test_row_25_they_are_returned_with_their_reason(toy):
    toy.passes("--pipeline=terminal")
    assert toy.states("--pipeline=terminal") == {"total": "always"}
    assert "total" in toy.reasons("total", "--pipeline=terminal")
    assert "memory" in toy.reasons("total", "--pipeline=terminal")


def test_row_25_a_slice_that_ends_in_memory_returns_its_result(done):
    def work():
        bootstrap_project(done.folder)
        from kedro.framework.project import settings

        with settings.SESSION_CLASS.create(done.folder) as session:
            datasets = session.run(to_nodes=["count"])
        sys.stdout.write(json.dumps({name: dataset.load() for name, dataset in datasets.items()}))

    result = done.fork(work).wait()
    assert result.answer == {"tally": 3}
    assert result.calls == ["count"]


def test_what_a_producer_in_memory_reads_outside_the_catalog_counts_for_its_consumers(toy):
    read = "int(open('data/extra.txt').read())"
    toy.replace_in("src/toy/more_nodes.py", '    note("tick")\n', f'    note("tick")\n    {read}\n')
    (toy / "data/extra.txt").write_text("1", "utf8")
    toy.passes(EDGES)
    assert toy.calls(EDGES) == []
    (toy / "data/extra.txt").write_text("2", "utf8")
    assert sorted(toy.calls(EDGES)) == ["first", "second", "tick", "tock"]
    assert toy.calls(EDGES) == []
