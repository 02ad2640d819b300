"""What it costs to find out that nothing changed.

Every figure is the wall time of a whole process, the median of some that take turns; what counts are the ratios and
differences within one run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

ROUNDS = 7
NODES = 30
BYTES_A_NODE = 2 * 2**30 // NODES

_PROJECT = Path(__file__).parents[1]
_LARGE_PROJECT = {
    "pyproject.toml": """
        [tool.kedro]
        package_name = "large"
        project_name = "large"
        kedro_init_version = "1.7.0"
    """,
    "conf/base/catalog.yml": """
        "{part}.bin":
          type: large.bytes_dataset.BytesDataset
          filepath: data/{part}.bin
    """,
    "conf/local/.gitkeep": "",
    "src/large/__init__.py": "",
    "src/large/settings.py": """
        from gan_pipelines.incremental import IncrementalSession

        SESSION_CLASS = IncrementalSession
    """,
    "src/large/cli.py": "from gan_pipelines.incremental.cli import cli, run\n",
    "src/large/bytes_dataset.py": """
        from pathlib import Path

        from kedro.io import AbstractDataset


        class BytesDataset(AbstractDataset):
            def __init__(self, *, filepath):
                self._filepath = Path(filepath)

            def load(self):
                return self._filepath.read_bytes()

            def save(self, data):
                self._filepath.parent.mkdir(exist_ok=True)
                self._filepath.write_bytes(data)

            def _describe(self):
                return {"filepath": str(self._filepath)}
    """,
    "src/large/pipeline_registry.py": f"""
        import random
        from functools import partial

        from kedro.pipeline import Node, Pipeline


        def make(seed):
            return random.Random(seed).randbytes({BYTES_A_NODE})


        def nothing():
            return 0


        def register_pipelines():
            nodes = [Node(partial(make, i), None, f"part{{i}}.bin", name=f"make{{i}}") for i in range({NODES})]
            return {{"__default__": Pipeline(nodes), "nothing": Pipeline([Node(nothing, None, "nothing")])}}
    """,
}


def main() -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory() as folder:
        _nothing_to_do_in_dcgan(Path(folder) / "project")
        _nothing_to_do_with_two_gigabytes(Path(folder) / "large")


def _nothing_to_do_in_dcgan(folder: Path) -> None:
    folder.mkdir()
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(_PROJECT / name, folder / name)
    for name in ("conf", "src"):
        shutil.copytree(_PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    (folder / "conf" / "local").mkdir(exist_ok=True)
    run = ["run", "--pipeline=dcgan", "--env=smoke"]
    _kedro(folder, run)
    times = _in_turns(folder, {"kedro registry list": ["registry", "list"], "kedro run, nothing changed": run})
    _print_times("dcgan, 13 nodes", times)
    lists, runs = times.values()
    print(f"ratio: {runs / lists:.2f}; TensorFlow imported: {_imports_tensorflow(folder, run)}\n")


def _nothing_to_do_with_two_gigabytes(folder: Path) -> None:
    for name, text in _LARGE_PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip())
    _kedro(folder, ["run"])
    commands = {
        "an empty run of plain Kedro": ["run", "--pipeline=nothing"],
        f"{NODES} nodes, {NODES * BYTES_A_NODE / 2**30:.1f} GiB, nothing changed": ["run"],
    }
    times = _in_turns(folder, commands, switched_off=("run", "--pipeline=nothing"))
    _print_times(f"{NODES} nodes", times)
    empty, full = times.values()
    print(f"difference: {full - empty:.2f} s")
    files = [str(path) for path in sorted(folder.rglob("*")) if path.stat().st_size > 2**20]
    size = sum(Path(path).stat().st_size for path in files)
    verify, sha256sum = [], []
    for _ in range(3):
        verify.append(_kedro(folder, ["cache", "verify"]))
        start = time.perf_counter()
        subprocess.run(["sha256sum", *files], check=True, capture_output=True)  # noqa: S603, S607
        sha256sum.append(time.perf_counter() - start)
    speeds = [size / 2**20 / statistics.median(seconds) for seconds in (verify, sha256sum)]
    print(f"kedro cache verify: {speeds[0]:.0f} MiB/s, {speeds[0] / speeds[1]:.2f} x sha256sum\n")


def _in_turns(
    folder: Path, commands: Mapping[str, Sequence[str]], switched_off: Sequence[str] = ()
) -> dict[str, float]:
    times: dict[str, list[float]] = {title: [] for title in commands}
    for _ in range(ROUNDS):
        for title, arguments in commands.items():
            is_on = "0" if tuple(arguments) == tuple(switched_off) else "1"
            times[title].append(_kedro(folder, arguments, GAN_PIPELINES_INCREMENTAL=is_on))
    return {title: statistics.median(seconds) for title, seconds in times.items()}


def _kedro(folder: Path, arguments: Sequence[str], **environment: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "kedro", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=os.environ | environment)  # noqa: S603
    return time.perf_counter() - start


def _imports_tensorflow(folder: Path, arguments: Sequence[str]) -> bool:
    command = [sys.executable, "-X", "importtime", "-m", "kedro", *arguments]
    result = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
    return any(line.rpartition("|")[2].strip() in {"tensorflow", "keras"} for line in result.stderr.splitlines())


def _print_times(title: str, times: Mapping[str, float]) -> None:
    print(f"{title} (medians of {ROUNDS})")
    for name, seconds in times.items():
        print(f"  {name}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
