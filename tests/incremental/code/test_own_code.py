"""Fingerprints of this project itself, and of a project in processes of their own."""

import ast
import dis
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import gan_pipelines
from gan_pipelines.incremental.code import Codebase
from gan_pipelines.incremental.code.statements import read_unit
from gan_pipelines.pipelines.training.nodes import train_gan
from tests.incremental.code.project import Project

PACKAGE = Path(gan_pipelines.__file__).parent
UNITS = [
    (path, node)
    for path in sorted(PACKAGE.rglob("*.py"))
    for node in ast.parse(path.read_bytes()).body
    if not isinstance(node, ast.Import | ast.ImportFrom)
]
WRITTEN_BY_PYTHON = {"__name__", "__module__", "__qualname__", "__annotations__"}

PRINT_FINGERPRINT = """
import json, sys
from pathlib import Path
from gan_pipelines.incremental.code import Codebase
folder = Path(sys.argv[1])
sys.path.insert(0, str(folder / "src"))
from proj.nodes import bound, chosen, train
codebase = Codebase(folder, [folder / "src"])
found = [codebase.fingerprint(function) for function in (train, chosen, bound)]
print(json.dumps([[
    {name: vars(symbol) for name, symbol in each.symbols.items()},
    [*each.symbols], each.values, sorted(each.packages), each.coarse] for each in found]))
"""


@pytest.fixture(scope="module")
def codebase():
    return Codebase(PACKAGE.parent.parent, [PACKAGE.parent])


def test_training_reaches_the_engine_and_the_losses_and_not_the_reports(codebase):
    fingerprint = codebase.fingerprint(train_gan)
    files = {symbol.file.removeprefix("src/gan_pipelines/") for symbol in fingerprint.symbols.values()}
    assert {"training/engine.py", "adversarial/losses.py", "pipelines/training/nodes.py"} <= files
    assert not files & {"reporting/grid.py", "sources/digits.py", "pipelines/reporting/nodes.py"}
    assert {"tensorflow", "keras", "numpy"} <= fingerprint.packages
    assert "PIL" not in fingerprint.packages
    assert fingerprint.coarse == ()


def test_what_compares_code_counts_for_no_node(codebase):
    assert not any(":" in name and ".incremental." in name for name in codebase.fingerprint(train_gan).symbols)


def global_names(code):
    """Names that compiled code looks up in its module."""
    instructions = [*dis.get_instructions(code)]
    stored = (
        {each.argval for each in instructions if each.opname == "STORE_NAME"} if code.co_name != "<module>" else set()
    )
    loaded = {each.argval for each in instructions if each.opname in {"LOAD_GLOBAL", "LOAD_NAME"}} - stored
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return loaded.union(*map(global_names, inner))


@pytest.mark.parametrize("path", sorted({path for path, _ in UNITS}), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_name_that_python_looks_up_is_overlooked(path):
    for node in [node for where, node in UNITS if where == path]:
        looked_up = global_names(compile(ast.Module([node], []), str(path), "exec")) - WRITTEN_BY_PYTHON
        unit = read_unit(node, "gan_pipelines")
        found = {chain.partition(".")[0] for chain in unit.chains} | {*unit.names, *(name for name, _ in unit.imports)}
        assert looked_up <= found, f"{path}:{node.lineno}"


@pytest.mark.slow
def test_fresh_processes_with_other_hash_seeds_agree(tmp_path):
    folder = Project(tmp_path / "project").folder
    outputs = []
    for seed in ("0", "1", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", PRINT_FINGERPRINT, str(folder)]
        outputs.append(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert outputs[0] == outputs[1] == outputs[2]
    assert "proj.deep:second_step" in json.loads(outputs[0])[0][0]
