"""What it costs to observe a node: at most 2 % of one that trains and 5 % of one that reads 2,000 files is asked.

In a copy of the project a node runs in new processes, by turns with incremental runs, where it is forced, and with them
switched off. A figure is the time from the first dataset that the node loads until the session returns: the node, what
watches it, the digests of what it read, its record, and copies of its outputs for later. The medians of both are
compared, which takes a machine on which nothing else runs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import numpy as np
from PIL import Image

from benchmarks.incremental_precision import copy_of_project

FILES = 2000
PIXELS = 256


class Case(NamedTuple):
    """A node to observe.

    Args:
        pipeline: Its pipeline.
        node: Its name, without the pipeline's.
        parameters: Of the run.
        makers: The nodes whose results it takes.
        asked: How much longer it may take, as a part.
    """

    pipeline: str
    node: str
    parameters: str
    makers: Sequence[str]
    asked: float


CASES = (
    Case(
        "photo_dcgan",
        "read_images",
        "photo_dcgan.images.source=image_folder,photo_dcgan.images.path=photos,photo_dcgan.images.limit=2000",
        (),
        0.05,
    ),
    Case("dcgan", "train_gan", "dcgan.training.steps=600", ("read_images", "split_images", "build_networks"), 0.02),
)

_RUN = """
    import sys, time
    from pathlib import Path
    from kedro.framework.hooks import hook_impl
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project
    from kedro.framework.cli.utils import _split_params

    class Clock:
        started = None

        @hook_impl
        def before_dataset_loaded(self, node):
            if node.name == forced and self.started is None:
                self.started = time.perf_counter()

    pipeline, parameters, forced, *nodes = sys.argv[1:]
    bootstrap_project(Path.cwd())
    from gan_pipelines.incremental.options import OPTIONS, Options

    OPTIONS.set(Options(force_nodes=(forced,)) if forced in nodes else Options())
    clock = Clock()
    with KedroSession.create(env="smoke", runtime_params=_split_params(None, None, parameters)) as session:
        session._hook_manager.register(clock)
        session.run(pipeline_name=pipeline, node_names=nodes)
        print(time.perf_counter() - (clock.started or 0.0))
"""


def main() -> None:
    """Prints both times of each case, and how much longer the first is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=7, help="of processes")
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "project"
        copy_of_project(folder)
        _write_photos(folder / "photos")
        print(f"{'node':24} {'observed':>9} {'plain':>9} {'more':>7} {'asked':>7}  pairs")
        for case in CASES:
            _compare(folder, case, pairs)


def _compare(folder: Path, case: Case, pairs: int) -> None:
    if case.makers:
        _run(folder, case, case.makers)
    _run(folder, case, [case.node])  # compiles, and fills the caches of the disk
    found = [(_run(folder, case, [case.node]), _run(folder, case, [case.node], "0")) for _ in range(pairs)]
    observed, plain = (statistics.median(times) for times in zip(*found, strict=True))
    each = ", ".join(f"{one / other - 1:+.1%}" for one, other in found)
    name = f"{case.pipeline}.{case.node}"
    more = statistics.median(one / other - 1 for one, other in found)
    print(f"{name:24} {observed:8.2f}s {plain:8.2f}s {more:+7.1%} {case.asked:7.0%}  {each}", flush=True)


def _run(folder: Path, case: Case, nodes: Sequence[str], switch: str = "1") -> float:
    """Runs nodes in a new process and returns the seconds that the case's own node took."""
    names = [f"{case.pipeline}.{node}" for node in nodes]
    command = [
        sys.executable,
        "-c",
        dedent(_RUN),
        case.pipeline,
        case.parameters,
        f"{case.pipeline}.{case.node}",
        *names,
    ]
    environment = os.environ | {"GAN_PIPELINES_INCREMENTAL": switch, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(  # noqa: S603  Kedro in a folder of our own
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{names} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return float(done.stdout.splitlines()[-1])


def _write_photos(folder: Path) -> None:
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(FILES):
        coarse = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((PIXELS, PIXELS), Image.Resampling.BICUBIC).save(folder / f"{number:04}.jpg")


if __name__ == "__main__":
    main()
