"""Versions, partitions and names: rows 26 to 28."""

import pytest

from tests.incremental.harness import STATE, Toy
from tests.incremental.toy_project import RAW

RUNNERS = [
    pytest.param(("--runner=SequentialRunner",), {}, id="sequential"),
    pytest.param(("--runner=ThreadRunner",), {}, id="threads"),
    pytest.param(("--runner=ParallelRunner",), {"KEDRO_MP_CONTEXT": "fork"}, id="processes-fork"),
    pytest.param(
        ("--runner=ParallelRunner",),
        {"KEDRO_MP_CONTEXT": "spawn", "fresh": True},
        id="processes-spawn",
        marks=pytest.mark.slow,
    ),
]
PARTS = "--pipeline=parts"


@pytest.mark.parametrize(("runner", "options"), RUNNERS)
def test_row_26_the_version_just_written_is_read(done, runner, options):
    assert len(done.versions()) == 1
    calls = done.calls("--params=report.title=second", *runner, **options)
    assert sorted(calls) == ["count", "publish", "report"]
    assert len(done.versions()) == 2
    assert done.report()["title"] == "second"
    assert done.read("data/08_reporting/page.json").startswith("second: ")


@pytest.mark.parametrize(("runner", "options"), RUNNERS)
def test_row_26_skipping_makes_no_version(done, runner, options):
    result = done.passes(*runner, **options)
    assert result.calls == []
    assert len(done.versions()) == 1
    assert result.counts == (0, 0, 6)


def test_row_26_restoring_makes_a_new_version_and_leaves_the_old_ones(done):
    [first] = done.versions()
    content = first.read_bytes()
    done.passes("--params=report.title=second")
    second = done.versions()[-1].read_bytes()
    assert done.calls() == []
    assert [path.read_bytes() for path in done.versions()] == [content, second, content]
    assert done.read("data/08_reporting/page.json").startswith("first: ")


def test_row_26_a_pinned_version_is_respected(done):
    first = done.versions()[0].parent.name
    done.passes("--params=report.title=second")
    pin = f"--load-versions=report:{first}"
    calls = done.calls("--from-nodes=publish", pin)
    assert set(calls) <= {"publish"}  # it may have been restored
    assert done.read("data/08_reporting/page.json").startswith("first: ")
    assert done.calls("--from-nodes=publish", pin) == []
    assert done.calls("--params=report.title=second") == []
    assert done.read("data/08_reporting/page.json").startswith("second: ")


def test_row_26_a_version_written_by_hand_counts(done):
    newest = done.versions()[-1]
    version = newest.parent.with_name("2999-01-01T00.00.00.000Z")
    done.write((version / "report.json").relative_to(done.folder), {**done.report(), "title": "third"})
    assert set(done.calls("--from-nodes=publish")) == {"publish"}
    assert done.read("data/08_reporting/page.json").startswith("third: ")


def add(toy: Toy):
    toy.write("data/01_raw/parts/part-3.json", 3)


def edit(toy: Toy):
    toy.write("data/01_raw/parts/part-1.json", 7)


def remove(toy: Toy):
    (toy / "data/01_raw/parts/part-2.json").unlink()


def rename(toy: Toy):
    (toy / "data/01_raw/parts/part-2.json").rename(toy / "data/01_raw/parts/part-4.json")


@pytest.mark.parametrize("change", [add, edit, remove, rename])
def test_row_27_changed_partitions_of_an_input_count(toy, change, tmp_path):
    toy.passes(PARTS)
    assert toy.calls(PARTS) == []
    change(toy)
    assert toy.calls(PARTS) == ["merge", "split"]
    clean = Toy.new(tmp_path / "clean")
    change(clean)
    clean.passes(PARTS)
    assert toy.data() == clean.data()  # without partitions of the run before
    assert toy.calls(PARTS) == []


def test_row_27_files_that_are_no_partitions_do_not_count(toy):
    toy.passes(PARTS)
    (toy / "data/01_raw/parts/notes.txt").write_text("not a partition", "utf8")
    assert toy.calls(PARTS) == []


@pytest.mark.parametrize("is_stored", [True, False])
def test_row_27_partitions_that_nobody_made_do_not_stay_in_an_output(toy, is_stored):
    toy.passes(PARTS)
    expected = toy.data()
    toy.write("data/07_model_output/split_parts/part-9.json", 9)
    if not is_stored:
        toy.forget_blobs()
    assert toy.states(PARTS)["split"] != "up-to-date"
    calls = toy.calls(PARTS)
    assert calls == [] or not is_stored
    assert is_stored is False or toy.data() == expected
    assert toy.calls(PARTS) == []


def test_row_27_partitions_that_nobody_made_do_not_stay_though_the_record_is_damaged(toy):
    toy.passes(PARTS)
    for trace in (toy / STATE / "traces").rglob("*.json"):
        trace.write_text("null", "utf8")
    toy.write("data/07_model_output/split_parts/part-9.json", 9)
    toy.passes(PARTS)
    assert not (toy / "data/07_model_output/split_parts/part-9.json").exists()


def test_row_27_partitions_saved_lazily_are_seen_as_saved(toy):
    toy.passes(PARTS)
    assert toy.read("data/07_model_output/split_parts/part-2.json") == 2
    toy.write("data/07_model_output/split_parts/part-2.json", 22)
    assert toy.calls(PARTS) == []
    assert toy.read("data/07_model_output/split_parts/part-2.json") == 2


def test_row_27_switching_back_leaves_no_partitions_behind(done, results):
    done.passes("--params=sample.amount=3")
    assert len(list((done / "data/07_model_output/samples").iterdir())) == 3
    assert done.calls() == []
    assert done.data() == results
    done.passes("--params=sample.amount=1")
    assert len(list((done / "data/07_model_output/samples").iterdir())) == 1


def test_row_28_namespaced_copies_are_told_apart(toy):
    assert toy.calls("--pipeline=sides") == ["stretch", "stretch"]
    assert toy.calls("--pipeline=sides") == []
    assert toy.calls("--pipeline=sides", "--params=right.stretch.by=5") == ["stretch"]
    assert toy.read("data/02_intermediate/left_stretched.json") == [2, 4, 6]
    assert toy.read("data/02_intermediate/right_stretched.json") == [5, 10, 15]


def test_row_28_a_copy_of_a_pure_node_with_equal_inputs_needs_no_call(toy):
    toy.passes("--pipeline=sides")
    assert toy.calls("--pipeline=sides", "--params=right.stretch.by=2") == []
    assert toy.read("data/02_intermediate/right_stretched.json") == [2, 4, 6]


def test_row_28_a_renamed_node_needs_no_call(done):
    done.replace_in("src/toy/pipeline_registry.py", 'name="train"', 'name="learn"')
    assert done.calls() == []


def test_row_28_unnamed_transcoded_and_generated_entries_are_skipped_and_seen(toy):
    shapes = "--pipeline=shapes"
    assert sorted(toy.calls(shapes)) == ["all_settings", "copy", "copy", "copy", "read_text"]
    assert toy.read("data/08_reporting/unnamed_out.json") == toy.read("data/08_reporting/named_out.json") == [1, 2, 3]
    assert toy.calls(shapes) == []
    toy.write("data/01_raw/raw.json", {**RAW, "values": [10]})
    assert sorted(toy.calls(shapes)) == ["copy", "copy", "copy", "read_text"]
    assert toy.read("data/08_reporting/read_out.json") == len("[\n  10\n]")
    toy.write("data/02_intermediate/table.json", "edited")
    assert toy.calls(shapes) == []
    assert toy.read("data/02_intermediate/table.json") == [10]


def test_row_28_all_parameters_as_one_input_count_as_one(toy):
    shapes = "--pipeline=shapes"
    toy.passes(shapes)
    assert toy.calls(shapes, "--params=unrelated.colour=blue") == ["all_settings"]
    assert toy.calls(shapes, "--params=unrelated.colour=blue") == []


def test_row_28_swapped_inputs_of_a_node_count(toy):
    toy.passes("--pipeline=noisy")
    toy.replace_in(
        "src/toy/pipeline_registry.py",
        'train_noisily, "raw", ["noisy_gen_out", "noisy_disc_out"]',
        'train_noisily, "raw", ["noisy_disc_out", "noisy_gen_out"]',
    )
    toy.passes("--pipeline=noisy")
    assert toy.read("data/08_reporting/noisy_disc_out.json")["values"] == RAW["values"]
    assert "values" not in toy.read("data/08_reporting/noisy_gen_out.json")


def test_a_cached_dataset_is_compared_by_the_file_behind_it(toy, results):
    toy.replace_in(
        "conf/base/catalog.yml",
        "gen: {type: json.JSONDataset, filepath: data/06_models/gen.json}",
        "gen: {type: CachedDataset, dataset: {type: json.JSONDataset, filepath: data/06_models/gen.json}}",
    )
    toy.passes()
    assert toy.calls() == []
    toy.write("data/06_models/gen.json", {"weights": [0, 0, 0]})
    assert toy.calls() == []  # restored
    toy.passes("--pipeline=other")
    assert toy.data() == results


def test_a_node_that_changes_its_own_input_is_not_remembered(toy):
    toy.replace_in(
        "src/toy/nodes.py",
        'note("prep")\n',
        'note("prep")\n    with open("data/01_raw/raw.json", "a") as file:\n        file.write(" ")\n',
    )
    toy.passes()
    assert "prep" in toy.calls()
