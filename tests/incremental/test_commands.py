"""What the commands tell, and that telling changes nothing: rows 30 to 32."""

import errno
import random

import pytest

from tests.incremental.events import changed_path
from tests.incremental.harness import Toy
from tests.incremental.toy_project import RAW

BEHIND_TRAIN = ["count", "publish", "report", "sample", "train"]
MAIN = ["count", "prep", "publish", "report", "sample", "train"]


def test_row_30_forced_all_nodes_run(done):
    result = done.passes("--force")
    assert sorted(result.calls) == MAIN
    assert "prep (forced)" in result.summary
    assert done.calls() == []


def test_row_30_forced_nodes_run_without_their_upstream(done):
    result = done.passes("--force-nodes=train,publish")
    assert sorted(result.calls) == ["publish", "train"]
    assert "train (forced)" in result.summary


def test_row_30_an_unknown_forced_node_is_an_error_that_names_those_there_are(done):
    result = done.run("--force-nodes=trian")
    assert result.exit_code == 1
    assert result.calls == []
    assert "`trian`" in result.stdout + result.stderr
    assert "`train`" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("node", "call", "reason"),
    [
        ("tagged", "copy", "cache-never"),
        ("announce", "announce", "no outputs"),
        ("fetch", "fetch", "remote"),
        ("take", "take", "confirms"),
    ],
)
def test_row_30_what_cannot_be_compared_always_runs_and_says_why(toy, node, call, reason):
    slice_ = ("--pipeline=always", f"--nodes={node}")
    toy.passes(*slice_)
    result = toy.passes(*slice_)
    assert result.calls == [call]
    assert reason in result.summary
    assert toy.states("--pipeline=always")[node] == "always"
    assert reason in toy.reasons(node, "--pipeline=always")


def test_row_30_a_content_that_the_catalog_declares_is_compared(toy):
    declared = "--pipeline=declared"
    toy.passes(declared)
    assert toy.calls(declared) == []
    toy.replace_in("conf/base/catalog.yml", "content: first", "content: second")
    assert toy.calls(declared) == ["fetch"]


def read_only(toy: Toy):
    """Lets every attempt to write in the project fail."""

    def hook(event, arguments):
        path = changed_path(event, arguments)
        if path is not None and path.startswith(f"{toy.folder}/"):
            raise OSError(errno.EROFS, "read-only in this test", path)

    return hook


@pytest.mark.parametrize("command", [("cache", "status"), ("run", "--plan"), ("cache", "explain", "train")])
def test_row_31_asking_writes_nothing_and_runs_nothing(done, command):
    done.replace_in("src/toy/models.py", "3 * value + 1", "5 * value + 1")
    (done / "data/06_models/gen.json").unlink()
    before = done.snapshot()
    result = done.kedro(*command, hook=read_only(done))
    assert result.exit_code == 0, result.stderr
    assert result.calls == []
    assert done.snapshot() == before


def test_row_31_asking_of_a_project_in_which_nothing_has_run(toy):
    before = toy.snapshot()
    assert toy.states(hook=read_only(toy)) == {
        "prep": "will run",
        "count": "may run",
        "train": "may run",
        "sample": "may run",
        "report": "may run",
        "publish": "may run",
    }
    assert toy.snapshot() == before


def test_row_31_states_and_exit_codes(done):
    assert done.kedro("cache", "status", "--check").exit_code == 0
    (done / "data/06_models/gen.json").unlink()
    assert done.states()["train"] == "restorable"
    assert done.kedro("cache", "status", "--check").exit_code == 0  # a restore is not a run
    assert done.kedro("cache", "status", "--check", "--params=train.epochs=4").exit_code == 1
    assert done.kedro("cache", "status").exit_code == 0
    plan = done.ask("run", "--plan", "--params=train.epochs=4")
    assert plan["would_run"] is True
    assert plan == done.ask("cache", "status", "--params=train.epochs=4")


def test_row_31_a_plan_takes_slices_and_force(done):
    planned = {node["node"]: node["state"] for node in done.ask("run", "--plan", "--nodes=train", "--force")["nodes"]}
    assert planned == {"train": "will run"}


def edits(choose: random.Random):
    """Edits of every kind, each by a random value."""
    value = choose.randint(1, 4)
    return [
        lambda toy: toy.write("data/01_raw/raw.json", {**RAW, "values": [1, 2, value]}),
        lambda toy: toy.write("data/01_raw/raw.json", {**RAW, "comment": str(value)}),
        lambda toy: set_line(toy, "src/toy/deep.py", "FACTOR =", f"FACTOR = {value}"),
        lambda toy: set_line(toy, "src/toy/deep.py", "SHIFT =", f"SHIFT = {value}"),
        lambda toy: set_line(toy, "src/toy/models.py", "    rate =", f"    rate = {value}"),
        lambda toy: set_line(toy, "src/toy/late.py", "    return", f"    return value * {value}"),
        lambda toy: set_line(toy, "conf/base/parameters.yml", "train:", f"train: {{epochs: {value}, model: affine}}"),
        lambda toy: set_line(toy, "conf/base/parameters.yml", "report:", f"report: {{title: '{value}'}}"),
        lambda toy: (toy / "data/06_models/disc.json").unlink(missing_ok=True),
        lambda toy: toy.write("data/02_intermediate/prepared.json", {"values": [value]}),
        lambda toy: toy.write("data/07_model_output/samples/part-7.json", value),
        lambda toy: toy.forget_blobs(),
    ]


def set_line(toy: Toy, path: str, start: str, line: str):
    lines = (toy / path).read_text("utf8").splitlines()
    changed = [line if old.startswith(start) else old for old in lines]
    (toy / path).write_text("\n".join(changed) + "\n", "utf8")


@pytest.mark.parametrize("seed", range(3))
def test_row_31_a_plan_agrees_with_the_run_that_follows(done, seed):
    choose = random.Random(seed)  # noqa: S311 - edits, not secrets
    for _ in range(5):
        for edit in choose.sample(edits(choose), choose.randint(1, 3)):
            edit(done)
        before = done.snapshot()
        planned = done.states(hook=read_only(done))
        assert done.snapshot() == before
        ran = set(done.calls())
        will = {node for node, state in planned.items() if state in {"will run", "always"}}
        may = {node for node, state in planned.items() if state == "may run"}
        assert will <= ran <= will | may
        assert set(done.states().values()) <= {"up-to-date", "not needed"}


def explained(toy: Toy, node: str, *arguments: str, kind: str):
    explanation = toy.ask("cache", "explain", node, *arguments)
    [change] = [change for change in explanation["changes"] if change["kind"] == kind]
    assert explanation["node"] == node
    return explanation, change


def test_row_32_explains_which_symbol_of_which_file_changed_by_lines(done):
    done.replace_in("src/toy/deep.py", "return FACTOR", "return 1 * FACTOR")
    explanation, change = explained(done, "prep", kind="code")
    assert explanation["state"] == "will run"
    assert change["subject"] == "src/toy/deep.py: factor"
    assert "-    return FACTOR" in change["detail"].splitlines()
    assert "+    return 1 * FACTOR" in change["detail"].splitlines()
    assert len(explanation["changes"]) == 1
    assert explanation["reasons"] == ["code src/toy/deep.py: factor changed"]


def test_row_32_explains_lines_after_the_symbol_moved_in_its_file(done):
    done.replace_in("src/toy/deep.py", "FACTOR = 2", "ADDED = 1\n\n\n\nFACTOR = 3")
    _, change = explained(done, "prep", kind="code")
    assert change["subject"] == "src/toy/deep.py: FACTOR"
    assert "-FACTOR = 2" in change["detail"].splitlines()
    assert "+FACTOR = 3" in change["detail"].splitlines()


@pytest.mark.parametrize(
    ("option", "key", "before", "after"),
    [
        ("--params=train.epochs=4", "train.epochs", 3, 4),
        ("--params=train.extra=more", "train.extra", None, "more"),
    ],
)
def test_row_32_explains_a_parameter_by_its_values(done, option, key, before, after):
    explanation, change = explained(done, "train", option, kind="parameter")
    assert (change["subject"], change["before"], change["after"]) == (key, before, after)
    assert len(explanation["changes"]) == 1


def test_row_32_explains_an_input(done):
    done.write("data/01_raw/raw.json", {**RAW, "values": [4]})
    explanation, change = explained(done, "prep", kind="input")
    assert change["subject"] == "raw"
    assert explanation["reasons"] == ["input raw changed"]
    explanation, change = explained(done, "train", kind="input")
    assert explanation["state"] == "may run"
    assert change["subject"] == "prepared"


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_row_32_explains_an_output(done, state):
    done.forget_blobs()
    gen = done / "data/06_models/gen.json"
    gen.unlink() if state == "missing" else gen.write_text("{}", "utf8")
    _, change = explained(done, "train", kind="output")
    assert (change["subject"], change["after"]) == ("gen", state)


def test_row_32_explains_a_dataset(done):
    done.replace_in("conf/base/catalog.yml", "save_args: {indent: 2}", "save_args: {indent: 4}")
    _, change = explained(done, "prep", kind="dataset")
    assert "prepared" in change["subject"]
    assert "indent" in change["subject"]
    assert (change["before"], change["after"]) == (2, 4)


def test_row_32_explains_in_words(done):
    done.replace_in("src/toy/deep.py", "FACTOR = 2", "FACTOR = 3")
    text = done.kedro("cache", "explain", "prep").stdout
    assert "prep: will run" in text
    assert "src/toy/deep.py: FACTOR" in text
    assert "+FACTOR = 3" in text


def test_row_32_explains_what_is_new_and_what_is_up_to_date(done):
    assert done.ask("cache", "explain", "prep")["changes"] == []
    assert done.ask("cache", "explain", "prep")["state"] == "up-to-date"
    done.replace_in("src/toy/pipeline_registry.py", '"measured", name="measure"', '"fresh_out", name="fresh"')
    done.replace_in("src/toy/more_nodes.py", "in_units(scale(value)", "in_units(2 * scale(value)")
    _, change = explained(done, "fresh", "--pipeline=other", kind="new")
    assert change["before"] is None


def test_row_32_an_unknown_node_is_an_error_that_names_those_there_are(done):
    result = done.kedro("cache", "explain", "trian")
    assert result.exit_code == 1
    assert "`trian`" in result.stderr
    assert "train" in result.stderr
    assert "Traceback" not in result.stderr


def test_commands_answer_in_text_for_people(done):
    status = done.kedro("cache", "status").stdout
    assert "up-to-date" in status
    assert "tally is in memory only" in status
    assert "0 damaged" in done.kedro("cache", "verify").stdout
    assert "Would remove" in done.kedro("cache", "gc", "--dry-run").stdout
    assert "pinned" in done.kedro("cache", "pin").stdout


def test_commands_in_a_project_without_memory_do_no_harm(toy):
    before = toy.snapshot()
    assert toy.ask("cache", "verify") == {"files": 0, "bytes": 0, "damaged": []}
    assert toy.ask("cache", "gc", "--dry-run")["removed"] == 0
    assert toy.kedro("cache", "pin").exit_code == 1
    assert toy.snapshot() == before
