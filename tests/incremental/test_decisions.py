"""Parameters, inputs, failures and catalog entries: rows 1, 7 to 11, 19, 21 and 23."""

import json
import os

import pytest

from tests.incremental.events import at_call, elsewhere
from tests.incremental.harness import STATE
from tests.incremental.toy_project import RAW, SECRET

BEHIND_SAMPLE = ["count", "publish", "report", "sample"]
BEHIND_TRAIN = [*BEHIND_SAMPLE, "train"]


@pytest.mark.slow
def test_row_01_nothing_runs_twice_in_new_processes(toy):
    first = toy.passes(fresh=True, PYTHONHASHSEED="1")
    assert sorted(first.calls) == ["count", "prep", "publish", "report", "sample", "train"]
    before = {path: status for path, status in toy.snapshot().items() if "/data/" in path}
    second = toy.passes(fresh=True, PYTHONHASHSEED="2")
    assert second.calls == []
    assert {path: status for path, status in toy.snapshot().items() if "/data/" in path} == before
    assert second.summary == "Incremental run: 0 ran, 0 restored, 6 skipped."


def test_row_01_the_last_line_of_a_run_tells_what_ran_and_why(done):
    done.replace_in("conf/base/parameters.yml", "epochs: 3", "epochs: 4")
    result = done.passes()
    assert result.summary.startswith("Incremental run: 5 ran, 0 restored, 1 skipped. Ran: ")
    assert "train (parameter train.epochs: 3 -> 4)" in result.summary
    assert "sample (input gen changed)" in result.summary
    assert result.stderr.splitlines()[-1].endswith(result.summary)


def by_file(toy):
    toy.replace_in("conf/base/parameters.yml", "epochs: 3", "epochs: 4")
    return ()


def by_option(_):
    return ("--params=train.epochs=4",)


def by_environment(toy):
    (toy / "conf/more").mkdir()
    (toy / "conf/more/parameters.yml").write_text("train: {epochs: 4, model: affine}\n", "utf8")
    return ("--env=more",)


@pytest.mark.parametrize("change", [by_file, by_option, by_environment])
def test_row_07_a_changed_parameter_runs_its_users(done, change):
    (done / "conf/local/credentials.yml").rename(done / "conf/base/credentials.yml")  # `--env` leaves `local` out
    options = change(done)
    assert sorted(done.calls(*options)) == BEHIND_TRAIN
    assert done.calls(*options) == []


@pytest.mark.parametrize("option", ["--params=unrelated.colour=blue", "--params=measure.unit=inch"])
def test_row_07_an_unrelated_parameter_does_not_count(done, option):
    assert done.calls(option) == []


def test_row_07_types_of_parameters_count_and_stay_told_apart(done):
    assert "prep" in done.calls("--params=prep.offset=0.0")  # 0.0 is another value than 0
    assert done.calls("--params=prep.offset=0.0") == []
    assert done.calls("--params=prep.offset=0") == []  # restored
    assert done.calls("--params=prep.offset=0.0") == []


def test_row_08_edited_data_of_the_same_size_and_date_count(done):
    raw = done / "data/01_raw/raw.json"
    status = raw.stat()
    raw.write_text(raw.read_text("utf8").replace("3]", "4]"), "utf8")
    os.utime(raw, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (raw.stat().st_size, raw.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert "prep" in done.calls()
    assert done.read("data/02_intermediate/prepared.json") == {"values": [2, 4, 8]}


def test_row_09_touched_data_do_not_count(done):
    for path in (done / "data").rglob("*.json"):
        path.touch()
    assert done.calls() == []


def test_row_10_equal_results_stop_the_wave(done):
    done.write("data/01_raw/raw.json", {**RAW, "comment": "another one"})
    result = done.passes()
    assert result.calls == ["prep"]
    assert result.counts == (1, 0, 5)


def test_row_11_archives_that_differ_in_dates_only_stop_the_wave(toy):
    toy.passes("--pipeline=frozen")
    before = (toy / "data/06_models/frozen.keras").read_bytes()
    toy.write("data/01_raw/raw.json", {**RAW, "comment": "another one"})
    assert toy.calls("--pipeline=frozen") == ["freeze"]
    assert (toy / "data/06_models/frozen.keras").read_bytes() != before
    assert toy.calls("--pipeline=frozen") == []


def test_row_11_archives_that_differ_in_content_do_not(toy):
    toy.passes("--pipeline=frozen")
    toy.write("data/01_raw/raw.json", {**RAW, "values": [1]})
    assert toy.calls("--pipeline=frozen") == ["freeze", "thaw"]


def test_row_19_a_failed_node_is_not_remembered_and_its_upstream_is_kept(toy):
    toy.replace_in("src/toy/nodes.py", 'note("sample")\n', 'note("sample")\n    raise ValueError("broken")\n')
    failed = toy.run()
    assert failed.exit_code != 0
    assert failed.calls[-1] == "sample"
    assert "Failed: sample" in failed.summary
    assert "sample" in toy.run().calls
    toy.replace_in("src/toy/nodes.py", '    raise ValueError("broken")\n', "")
    assert sorted(toy.calls()) == BEHIND_SAMPLE


def test_row_19_outputs_of_an_earlier_run_are_not_taken_for_those_of_a_failed_one(done):
    done.replace_in("src/toy/nodes.py", 'note("train")\n', 'note("train")\n    raise ValueError("broken")\n')
    assert done.run().calls == ["train"]
    assert done.run().calls == ["train"]


def test_row_21_an_input_that_changes_meanwhile_is_noticed(toy):
    other = {**RAW, "values": [4, 5, 6]}
    first = toy.passes(hook=at_call("prep", elsewhere(lambda: toy.write("data/01_raw/raw.json", other))))
    assert "raw changed while it ran" in first.stderr
    toy.write("data/01_raw/raw.json", RAW)
    assert "prep" in toy.calls()
    toy.write("data/01_raw/raw.json", other)
    assert "prep" in toy.calls()
    assert toy.read("data/02_intermediate/prepared.json") == {"values": [8, 10, 12]}


def test_row_23_a_moved_file_concerns_the_nodes_that_write_it(done):
    done.replace_in("conf/base/catalog.yml", "06_models/gen.json", "06_models/moved.json")
    assert set(done.calls()) <= {"train"}
    assert done.read("data/06_models/moved.json") == {"weights": [21, 39, 57]}
    assert done.calls() == []


def test_row_23_changed_settings_of_a_dataset_count(done):
    done.replace_in("conf/base/catalog.yml", "save_args: {indent: 2}", "save_args: {indent: 4}")
    assert "prep" in done.calls()
    assert '    "values"' in (done / "data/02_intermediate/prepared.json").read_text("utf8")
    assert done.calls() == []


def test_row_23_edited_code_of_a_dataset_counts_for_its_users(toy):
    toy.passes("--pipelines=frozen,shapes")
    toy.replace_in("src/toy/datasets.py", 'return json.loads(archive.read("weights.json"))', 'return {"weights": 0}')
    assert "thaw" in toy.calls("--pipelines=frozen,shapes")
    assert toy.read("data/08_reporting/thawed_out.json") == 0
    toy.replace_in("src/toy/datasets.py", 'self._path.read_text("utf8")', '"another text"')
    assert toy.calls("--pipelines=frozen,shapes") == ["read_text"]


def test_row_23_credentials_do_not_count_and_are_not_remembered(toy):
    toy.passes("--pipeline=frozen")
    (toy / "conf/local/credentials.yml").write_text("vault: {password: another}\n", "utf8")
    assert toy.calls("--pipeline=frozen") == []
    state = [path.read_bytes() for path in (toy / STATE).rglob("*") if path.is_file()]
    assert state
    assert not any(SECRET.encode() in content for content in state)


def test_another_environment_variable_that_code_reads_counts(toy):
    toy.replace_in("src/toy/late.py", "value * 10", 'value * int(__import__("os").environ.get("TOY_SCALE", "10"))')
    toy.replace_in("src/toy/late.py", '__import__("os")', "os")
    toy.replace_in("src/toy/late.py", "\n\n\ndef", "\n\nimport os\n\n\ndef")
    toy.passes()
    assert toy.calls(TOY_OTHER="3") == []
    assert sorted(toy.calls(TOY_SCALE="3")) == BEHIND_SAMPLE
    assert toy.calls() == []  # restored


def test_a_file_that_a_node_reads_beside_the_catalog_counts(toy):
    table = toy / "conf/table.json"
    table.write_text(json.dumps({"factor": 10}), "utf8")
    toy.replace_in(
        "src/toy/late.py",
        "return value * 10",
        'return value * json.loads(Path("conf/table.json").read_text("utf8"))["factor"]',
    )
    toy.replace_in("src/toy/late.py", "\n\n\ndef", "\n\nimport json\nfrom pathlib import Path\n\n\ndef")
    toy.passes()
    assert toy.calls() == []
    table.write_text(json.dumps({"factor": 20}), "utf8")
    [change] = toy.ask("cache", "explain", "sample")["changes"]
    assert (change["kind"], change["subject"]) == ("file", "conf/table.json")
    assert sorted(toy.calls()) == BEHIND_SAMPLE
    table.write_text(json.dumps({"factor": 10}), "utf8")
    assert toy.calls() == []  # restored


def test_switched_off_everything_runs_and_nothing_is_remembered(done):
    before = {path: status for path, status in done.snapshot().items() if STATE in path}
    assert len(done.calls(GAN_PIPELINES_INCREMENTAL="0")) == 6
    assert {path: status for path, status in done.snapshot().items() if STATE in path} == before
