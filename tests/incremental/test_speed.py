"""What a run that has nothing to do costs: row 37."""

import re
import subprocess
import timeit

import pytest

from tests.incremental.harness import Toy

NODES = 30
SIZE = 70_000_000  # bytes of each output, together 2 GB
LONGEST = 1.0

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


def seconds(work, times=3):
    """The best of some times."""
    return min(timeit.repeat(work, number=1, repeat=times))


@pytest.mark.slow
def test_row_37_nothing_is_read_again_when_nothing_was_touched(large):
    def hook(event, arguments):
        if event == "open" and str(arguments[0]).endswith(".bin"):
            raise AssertionError(f"{arguments[0]} was opened")

    result = large.passes(hook=hook)
    assert result.calls == []
    assert result.counts == (0, 0, NODES)
    start_up = seconds(lambda: large.passes("--nodes=n0", GAN_PIPELINES_INCREMENTAL="0"))
    assert seconds(large.passes) - start_up < LONGEST


@pytest.mark.slow
def test_row_37_verifying_keeps_up_with_the_disk(large):
    files = [*sorted((large / "data/06_models").iterdir()), *large.blobs()]
    plain = seconds(lambda: subprocess.run(["sha256sum", *files], check=True, stdout=subprocess.DEVNULL), 1)
    assert seconds(lambda: large.ask("cache", "verify"), 1) < 2 * plain


@pytest.mark.slow
def test_row_37_the_commands_import_nothing_heavy(done):
    heavy = {"tensorflow", "keras", "torch", "sklearn", "matplotlib", "plotly"}
    for command in (("status",), ("explain", "train"), ("verify",), ("gc", "--dry-run"), ("pin",)):
        result = done.fresh("-v", "-m", "kedro", "cache", *command)
        assert result.exit_code == 0, result.stderr
        imported = {name.partition(".")[0] for name in re.findall(r"^import '([\w.]+)'", result.stderr, re.MULTILINE)}
        assert "toy" in imported
        assert not imported & heavy
