"""Reasons that one can act on: what is a node's own comes first, and then what comes to it from others."""

import json

import pytest

from tests.incremental.test_packages import install

OTHER_PREPARED = "prep.offset=1"
OWN = {
    "train": ("train.epochs=4", "parameter train.epochs: 3 -> 4", "input prepared"),
    "sample": ("sample.amount=1", "parameter sample.amount: 2 -> 1", "input gen"),
    "report": ("report.title=second", "parameter report.title: first -> second", "input samples"),
}


def own_parameter_first(reasons, own, other):
    assert reasons[0] == own
    assert any(reason.startswith(other) for reason in reasons[1:]), reasons


@pytest.mark.parametrize("node", OWN)
def test_the_own_parameter_comes_first_though_a_node_waits_for_another(done, node):
    change, own, other = OWN[node]
    params = f"--params={OTHER_PREPARED},{change}"
    own_parameter_first(done.ask("cache", "explain", node, params)["reasons"], own, other)
    [planned] = [entry for entry in done.ask("run", "--plan", params)["nodes"] if entry["node"] == node]
    own_parameter_first(planned["reasons"], own, other)
    text = done.kedro("run", "--plan", params).stdout
    [line] = [line for line in text.splitlines() if line.startswith(f"{node} ")]
    assert line.index(own) < line.index(other)


def test_a_node_that_waits_and_has_no_change_of_its_own_names_what_it_waits_for(done):
    reasons = done.ask("cache", "explain", "train", f"--params={OTHER_PREPARED}")["reasons"]
    assert reasons == ["input prepared may change"]


@pytest.mark.parametrize("node", OWN)
def test_the_log_names_the_own_parameter_first(done, node):
    change, own, other = OWN[node]
    summary = done.passes(f"--params={OTHER_PREPARED},{change}").summary
    told = summary[summary.index(f" {node} (") :]
    assert told.startswith(f" {node} ({own}; {other}")


def test_own_code_comes_before_inputs(done):
    done.replace_in("src/toy/models.py", "3 * value + 1", "5 * value + 1")
    params = f"--params={OTHER_PREPARED}"
    own_parameter_first(
        done.ask("cache", "explain", "train", params)["reasons"],
        "code src/toy/models.py: Affine changed",
        "input prepared",
    )
    assert "train (code src/toy/models.py: Affine changed; input prepared changed)" in done.passes(params).summary


@pytest.mark.parametrize("is_waiting", [True, False])
def test_an_own_package_comes_before_inputs(toy, tmp_path, is_waiting):
    library = tmp_path / "lib/site-packages"
    install(library, "fakelib", "1.0")
    toy.replace_in("src/toy/models.py", "MODELS = {}", "from fakelib import ONE\n\nMODELS = {}")
    toy.replace_in("src/toy/models.py", "3 * value + 1", "3 * value + ONE")
    variables = {"PYTHONPATH": str(library)}
    toy.passes(**variables)
    install(library, "fakelib", "2.0")
    if not is_waiting:
        toy.passes("--nodes=prep", f"--params={OTHER_PREPARED}", **variables)
    arguments = ("train", f"--params={OTHER_PREPARED}", "--json")
    reasons = toy.kedro("cache", "explain", *arguments, **variables).answer["reasons"]
    own_parameter_first(reasons, "package fakelib: 1.0 -> 2.0", "input prepared")
    summary = toy.passes(f"--params={OTHER_PREPARED}", **variables).summary
    assert "train (package fakelib: 1.0 -> 2.0; input prepared changed)" in summary


def test_an_own_variable_comes_before_inputs(toy):
    toy.replace_in("src/toy/nodes.py", "from toy.calls import note", "import os\n\nfrom toy.calls import note")
    toy.replace_in("src/toy/nodes.py", '    note("train")\n', '    note("train")\n    os.environ.get("PACE")\n')
    toy.passes(PACE="slow")
    summary = toy.passes(f"--params={OTHER_PREPARED}", PACE="fast").summary
    told = summary[summary.index(" train (") :]
    assert told.index("environment PACE") < told.index("input prepared")


def test_the_own_parameter_is_named_though_many_inputs_change(done):
    done.replace_in("src/toy/nodes.py", "return len(prepared", "return 1 + len(prepared")
    params = f"--params={OTHER_PREPARED},report.title=second"
    told = done.passes(params).summary
    assert " report (parameter report.title: first -> second; input " in told


COMMANDS = (
    ("run", "--plan", "--json"),
    ("cache", "status", "--json"),
    ("cache", "explain", "train", "--json"),
    ("cache", "verify", "--json"),
    ("cache", "pin", "--json"),
    ("cache", "gc", "--dry-run", "--json"),
)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_all_that_is_printed(done, command):
    result = done.kedro(*command, fresh=True)
    assert result.exit_code == 0, result.stderr
    assert isinstance(json.loads(result.stdout), dict)
