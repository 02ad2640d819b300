"""Training on images that stay on the disk beside the same training on images in memory.

Both take turns in one process, so that a machine whose speed drifts slows both. The file was written just before, so
the system may still hold it in memory: what is measured is the way through the file, not a disk.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import set_up_gan
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.training.backend import open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.examples import Examples

CASES: dict[str, tuple[tuple[int, int, int], int, int]] = {
    "mnist_transposed": ((28, 28, 1), 64, 20_000),
    "photo_upsampling": ((96, 96, 3), 32, 4_000),
}
"""Shape of an image, images in a batch, and images in the set."""

_SECONDS_A_TURN, _TURNS = 4.0, 5


def main() -> None:
    """Prints a row for each case: images a second from memory, and the share of that from the disk."""
    print("| | images/s from memory | from the disk |\n|---|---|---|")
    for architecture, (shape, batch_size, images) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            pixels = _written(Path(folder) / "pixels.npy", (images, *shape))
            memory, disk = _compared(architecture, pixels, batch_size)
        print(f"| `{architecture}`, {shape[0]} px, batch {batch_size} | {memory:,.0f} | {disk / memory:.2f} x |")


def _written(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    np.save(path, np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    mapped: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return mapped


def _compared(architecture: str, pixels: NDArray[np.uint8], batch_size: int) -> tuple[float, float]:
    """Returns images a second from memory and from the disk, medians over turns."""
    runs = [_run(architecture, examples, batch_size) for examples in (normalise(pixels), StoredPixels(pixels))]
    for run in runs:
        run(1)
    steps = max(1, int(_SECONDS_A_TURN / min(_seconds(runs[0], 3) for _ in range(2)) * 3))
    turns = [[steps * batch_size / _seconds(run, steps) for run in runs] for _ in range(_TURNS)]
    memory, disk = (statistics.median(column) for column in zip(*turns, strict=True))
    return memory, disk


def _run(architecture: str, examples: Examples, batch_size: int) -> Callable[[int], None]:
    """Returns what runs so many steps of the engine."""
    parameters = AdversarialTrainingParameters.model_validate({"batch_size": batch_size})
    networks = build_networks(NetworksParameters(architecture=architecture), examples.shape[1:], seed=0)
    device = open_device("auto", "auto", batch_size)
    with device.scope():
        engine = set_up_gan(networks, parameters).engine
    order = BatchOrder(len(examples), batch_size, engine.batches_per_step, seed=0)
    variables: list[keras.Variable] = [*engine.variables().values()]
    steps = device.compile_steps(engine.step, engine.logged, variables, {"samples": examples}, order.shape)

    def run(count: int) -> None:
        steps(0, order.indices(0, count))

    return run


def _seconds(run: Callable[[int], None], steps: int) -> float:
    start = time.perf_counter()
    run(steps)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
