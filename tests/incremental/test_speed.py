"""What a run that has nothing to do leaves alone: row 37; `make bench` measures what it costs."""

import pytest

from tests.incremental.harness import Toy

NODES = 30
SIZE = 7_000_000  # bytes of each output, together 200 MB; `make bench` takes 2 GB

CATALOG = """
raw: {type: json.JSONDataset, filepath: data/01_raw/raw.json}
"{name}_large": {type: toy.datasets.LargeDataset, filepath: "data/06_models/{name}.bin"}
"""
DATASET = '''

class LargeDataset(AbstractDataset):
    """Zeros that take no room on the disk, but that somebody has to read."""

    def __init__(self, filepath):
        self._path = Path(filepath)

    def load(self):
        return self._path.stat().st_size

    def save(self, data):
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("wb") as file:
            file.truncate(data)

    def _describe(self):
        return {"filepath": str(self._path)}
'''
REGISTRY = """
from kedro.pipeline import node, pipeline

from toy.calls import note


def grow(raw):
    note("grow")
    return SIZE_OF_EACH


def register_pipelines():
    return {"__default__": pipeline([node(grow, "raw", f"n{index}_large", name=f"n{index}") for index in range(NODES)])}
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    toy = Toy.new(tmp_path_factory.mktemp("large") / "toy")
    (toy / "conf/base/catalog.yml").write_text(CATALOG, "utf8")
    registry = REGISTRY.replace("range(NODES)", f"range({NODES})").replace("SIZE_OF_EACH", str(SIZE))
    (toy / "src/toy/pipeline_registry.py").write_text(registry, "utf8")
    with (toy / "src/toy/datasets.py").open("a", encoding="utf8") as file:
        file.write(DATASET)
    toy.passes()
    toy.passes()
    return toy


@pytest.mark.slow
def test_row_37_nothing_is_read_again_when_nothing_was_touched(large):
    def hook(event, arguments):
        if event == "open" and str(arguments[0]).endswith(".bin"):
            raise AssertionError(f"{arguments[0]} was opened")

    result = large.passes(hook=hook)
    assert result.calls == []
    assert result.counts == (0, 0, NODES)


@pytest.mark.slow
def test_row_37_verifying_reads_everything_again(large):
    found = large.ask("cache", "verify")
    assert found["bytes"] >= NODES * SIZE
    assert found["damaged"] == []


ALL_COMMANDS = """
import sys

from kedro.framework.cli.cli import main

for command in (["status"], ["explain", "train"], ["verify"], ["gc", "--dry-run"], ["pin"]):
    sys.argv = ["kedro", "cache", *command]
    try:
        main()
    except SystemExit as end:
        assert not end.code, command
print("modules:", *sys.modules)
"""


@pytest.mark.slow
def test_row_37_the_commands_import_nothing_heavy(done):
    result = done.fresh("-c", ALL_COMMANDS)
    assert result.exit_code == 0, result.stderr
    imported = {name.partition(".")[0] for name in result.stdout.rpartition("modules:")[2].split()}
    assert "toy" in imported
    assert not imported & {"tensorflow", "keras", "torch", "sklearn", "matplotlib", "plotly"}
