"""Every way to run gives the same results: row 36."""

import pytest

from tests.incremental.harness import Toy

MAIN = ["count", "prep", "publish", "report", "sample", "train"]
WAYS = [
    pytest.param(("--runner=SequentialRunner",), id="SequentialRunner"),
    pytest.param(("--runner=ThreadRunner",), id="ThreadRunner"),
    pytest.param(("--runner=ParallelRunner",), id="ParallelRunner"),
    pytest.param(("--async",), id="async"),
    pytest.param(("--runner=ParallelRunner", "--async"), id="ParallelRunner-async"),
    pytest.param(("--pipelines=__default__,other",), id="two pipelines"),
]


@pytest.mark.parametrize("way", WAYS)
def test_row_36_every_runner_gives_the_same_results(toy, results, way):
    first = toy.passes(*way)
    assert sorted(set(first.calls) - {"measure"}) == MAIN
    assert len(first.calls) == len(set(first.calls))
    assert toy.calls(*way) == []
    assert toy.calls() == []
    toy.passes("--pipeline=other")
    assert toy.data() == results


@pytest.mark.parametrize("way", WAYS)
def test_row_36_every_runner_restores_and_stops_the_wave(done, results, way):
    changed = done.passes(*way, "--params=train.epochs=4")
    assert sorted(changed.calls) == ["count", "publish", "report", "sample", "train"]
    assert done.calls(*way) == []
    assert done.data() == results
    assert done.calls(*way, "--force-nodes=prep") == ["prep"]


@pytest.mark.parametrize(
    "slice_",
    [
        ("--nodes=train",),
        ("-n", "train,sample"),
        ("--from-nodes=count",),
        ("--to-nodes=sample",),
        ("--tags=slow",),
        ("--from-inputs=prepared",),
        ("--to-outputs=samples",),
        ("--pipeline=other",),
        ("--pipelines=__default__,other",),
    ],
)
def test_row_36_a_slice_runs_nothing_and_invalidates_nothing(done, results, slice_):
    assert done.calls(*slice_) == []
    assert done.calls() == []
    assert done.data() == results


def test_row_36_a_slice_that_runs_leaves_the_rest_as_it_is(done):
    changed = "--params=train.epochs=4"
    assert done.calls("--nodes=train", changed) == ["train"]
    assert sorted(done.calls(changed)) == ["count", "publish", "report", "sample"]
    assert done.calls() == []


def test_row_36_a_slice_behind_a_memory_edge_can_be_skipped_with_it(done):
    assert done.calls("--from-nodes=count") == []
    assert sorted(done.calls("--from-nodes=count", "--params=report.title=second")) == ["count", "publish", "report"]


@pytest.mark.slow
def test_row_36_as_a_module(toy, results):
    folder = str(toy / "src")
    first = toy.fresh("-m", "toy", PYTHONPATH=folder)
    assert first.exit_code == 0, first.stderr
    assert sorted(first.calls) == MAIN
    assert toy.fresh("-m", "toy", PYTHONPATH=folder).calls == []
    assert toy.calls() == []
    toy.passes("--pipeline=other", fresh=True)
    assert toy.data() == results


def in_ipython(toy: Toy, code: str):
    """Runs code as `kedro ipython` would."""
    profile = toy.folder.with_name("ipython")
    profile.mkdir(exist_ok=True)
    options = ("--no-banner", "--colors=NoColor", "--ext=kedro.ipython", f"--ipython-dir={profile}")
    result = toy.fresh("-m", "IPython", *options, "-c", code)
    assert result.exit_code == 0, result.stdout + result.stderr
    return result


@pytest.mark.slow
def test_row_36_in_ipython(done):
    assert in_ipython(done, "session.run()").calls == []
    edit = (
        "from pathlib import Path\n"
        "session.run()\n"
        "file = Path('src/toy/models.py')\n"
        "_ = file.write_text(file.read_text().replace('rate = 1', 'rate = 2'))\n"
        "%reload_kedro\n"
        "_ = session.run()\n"
    )
    assert sorted(in_ipython(done, edit).calls) == ["count", "publish", "report", "sample", "train"]
    assert done.read("data/06_models/gen.json") == {"weights": [42, 78, 114]}
    assert done.calls() == []


@pytest.mark.slow
def test_row_36_in_ipython_edited_code_that_was_not_reloaded_is_not_bound_to_its_new_text(done):
    edit = (
        "from pathlib import Path\n"
        "session.run()\n"
        "file = Path('src/toy/models.py')\n"
        "_ = file.write_text(file.read_text().replace('rate = 1', 'rate = 2'))\n"
        "from kedro.framework.session import KedroSession\n"
        "from kedro.framework.project import settings\n"
        "_ = settings.SESSION_CLASS.create().run()\n"
    )
    in_ipython(done, edit)  # runs the code that Python holds, or refuses
    done.passes()
    assert done.read("data/06_models/gen.json") == {"weights": [42, 78, 114]}


def test_a_runner_of_the_users_own_runs_every_node(done):
    (done / "src/toy/runner.py").write_text(
        "from kedro.runner import SequentialRunner\n\n\nclass OwnRunner(SequentialRunner):\n    pass\n", "utf8"
    )
    result = done.passes("--runner=toy.runner.OwnRunner")
    assert sorted(result.calls) == MAIN
    assert "OwnRunner" in result.stderr
    assert done.calls() == []


def test_missing_outputs_alone_are_not_what_decides(done, results):
    (done / "data/06_models/gen.json").write_text("", "utf8")
    result = done.passes("--only-missing-outputs")
    assert result.calls == []
    assert "--only-missing-outputs" in result.stderr
    assert done.data() == results
