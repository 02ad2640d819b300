"""Images per second of the engine's step on this device, beside the same step written by hand on the same backend.

``KERAS_BACKEND=jax PYTHONPATH=src python -m benchmarks.accelerator`` needs JAX, Keras, NumPy and pydantic alone;
``KERAS_BACKEND=tensorflow`` needs TensorFlow in place of JAX. Where PyTorch can be imported, a compiled twin of the
networks that have one takes part. ``--cases`` chooses kinds of step, ``--json`` keeps all numbers, and ``--quick`` is
for CPUs: the first two kinds, an eighth of the batch, few steps.

All loops of a kind take turns in one process after a warm-up, so that the machine's moods fall on each alike; what is
told are medians of the turns, and what counts are the ratios.

*Steps a call* is how many steps the compiled code does before Python wakes up and reads the losses. **Launch overhead**
is (time of a step at 1 step a call - time at the most steps a call) / time at 1: the share of a step that waits for
Python, the transfers and the launch of kernels where every step is a call of its own. It says nothing of idle moments
between the kernels within a call, for which a profiler is needed.

The *share of the peak* is estimated operations (`benchmarks.accelerator_cases.operations_per_step`) a second over those
of a large matrix product in the precision of the layers, the fastest in the same process so far. In float32 a GPU may
round the factors of both to TF32; in mixed precision some layers and all penalties compute in float32 nevertheless.
*Peak memory* is the device's, where the backend tells it; JAX tells that of the whole process, all kinds so far and all
loops among them, so measure one kind a process for its own.
"""

import argparse
import importlib.util
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_pipelines.backend_choice import choose_backend
from gan_pipelines.errors import UserError

if TYPE_CHECKING:
    from benchmarks.accelerator_cases import Case, Loop
    from benchmarks.by_hand import ByHand
    from gan_pipelines.training.backend import Device
    from gan_pipelines.training.parameters import Precision

ENGINE, BY_HAND, PYTORCH = "engine", "by hand", "PyTorch, compiled"
PRECISIONS: "tuple[Precision, ...]" = ("float32", "mixed_bfloat16")


@dataclass(frozen=True)
class Settings:
    """How much is measured.

    Args:
        steps_a_call: For the engine; the hand-written loop is measured with the fewest and the most.
        turns: Of each loop.
        seconds: That a turn takes, about.
        matrix_size: Of the matrix product whose speed is the peak.
        batch_share: The batches are one so-manieth of their size.
    """

    steps_a_call: tuple[int, ...] = (1, 4, 16, 64)
    turns: int = 5
    seconds: float = 0.5
    matrix_size: int = 8192
    batch_share: int = 1


QUICK = Settings(steps_a_call=(1, 4), turns=3, seconds=0.0, matrix_size=2048, batch_share=8)


@dataclass(frozen=True)
class Row:
    """What was measured of one loop.

    Args:
        loop: Which.
        steps_a_call: Steps of a call.
        seconds_a_step: The median of the turns.
        images_per_second: Real images.
        share_of_peak: Of the matrix product's operations a second.
    """

    loop: str
    steps_a_call: int
    seconds_a_step: float
    images_per_second: float
    share_of_peak: float


@dataclass(frozen=True)
class Measurement:
    """What was measured of one kind of step in one precision.

    Args:
        case: The kind.
        size: Of the images in pixels.
        batch: Images in a batch.
        images_per_step: Real images that a step takes.
        precision: Of the layers.
        rows: The loops.
        launch_overhead: Of the engine; see this module.
        peak_memory_bytes: Of the device, where it is known.
        matrix_product_flops: Operations a second of the matrix product; the best so far.
    """

    case: str
    size: int
    batch: int
    images_per_step: int
    precision: str
    rows: tuple[Row, ...]
    launch_overhead: float
    peak_memory_bytes: int | None
    matrix_product_flops: float


def measure(
    case: "Case", precision: "Precision", device: "Device", by_hand: "ByHand", settings: Settings, peak: float
) -> Measurement:
    """Lets all loops of a kind of step take turns.

    Args:
        case: The kind, with the batch that is meant.
        precision: Of the layers.
        device: The engine's.
        by_hand: The backend's hand-written loops.
        settings: How much is measured.
        peak: Operations a second of the matrix product in this precision.
    """
    from benchmarks.accelerator_cases import operations_per_step

    by_hand.forget_peak_memory()
    seconds = _medians(_loops(case, precision, device, by_hand, settings), case, settings)
    operations = operations_per_step(case)
    rows = tuple(
        Row(name, steps, each, case.images_per_step / each, operations / each / peak)
        for (name, steps), each in seconds.items()
    )
    one, most = seconds[ENGINE, settings.steps_a_call[0]], seconds[ENGINE, settings.steps_a_call[-1]]
    return Measurement(
        case.name,
        case.size,
        case.batch,
        case.images_per_step,
        precision,
        rows,
        launch_overhead=(one - most) / one,
        peak_memory_bytes=by_hand.peak_memory(),
        matrix_product_flops=peak,
    )


def matrix_product_peak(by_hand: "ByHand", size: int, dtype: str) -> float:
    """Returns the operations a second that a product of two matrices ``(size, size)`` reaches here."""
    by_hand.matrix_product(size, dtype)
    return 2 * size**3 / min(_seconds(lambda: by_hand.matrix_product(size, dtype)) for _ in range(3))


def _peak(by_hand: "ByHand", settings: Settings, precision: "Precision") -> float:
    return matrix_product_peak(by_hand, settings.matrix_size, precision.removeprefix("mixed_"))


def _loops(
    case: "Case", precision: "Precision", device: "Device", by_hand: "ByHand", settings: Settings
) -> dict[tuple[str, int], "Loop"]:
    """Makes the loops, by name and steps of a call."""
    from benchmarks.accelerator_cases import engine_loop

    engine = engine_loop(case, precision, device)
    hand_written = by_hand.loop(case, precision, on_gpu=device.kind == "GPU")
    loops = {(ENGINE, steps): engine for steps in settings.steps_a_call}
    loops |= {(BY_HAND, steps): hand_written for steps in (settings.steps_a_call[0], settings.steps_a_call[-1])}
    if importlib.util.find_spec("torch"):
        from benchmarks.by_hand import torch_loops

        if torch_loops.can_train(case):
            loops[PYTORCH, 1] = torch_loops.loop(case, precision)
    return loops


def _medians(loops: Mapping[tuple[str, int], "Loop"], case: "Case", settings: Settings) -> dict[tuple[str, int], float]:
    """Returns the seconds that a step takes, after every loop has compiled."""
    calls = {}
    for (name, steps), loop in loops.items():
        _call(loop, case, steps)
        calls[name, steps] = max(1, round(settings.seconds / _call(loop, case, steps)))
    turns: dict[tuple[str, int], list[float]] = {key: [] for key in loops}
    for _ in range(settings.turns):
        for (name, steps), loop in loops.items():
            seconds = sum(_call(loop, case, steps) for _ in range(calls[name, steps]))
            turns[name, steps].append(seconds / calls[name, steps] / steps)
    return {key: statistics.median(each) for key, each in turns.items()}


def _call(loop: "Loop", case: "Case", steps: int) -> float:
    """Returns the seconds of one call.

    Raises:
        RuntimeError: A loss was no number, where the engine's loop ends.
    """
    indices = case.indices(steps)
    start = time.perf_counter()
    losses = loop(0, indices)
    seconds = time.perf_counter() - start
    if len(losses["generator_loss"]) < steps:
        raise RuntimeError(f"The losses of {case.name} diverged; there is nothing to be measured.")
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def conditions(device: "Device", backend: str, settings: Settings) -> dict[str, Any]:
    """Returns what the numbers depend on."""
    from gan_pipelines.training.environment import available_cores, processor_name

    packages = [backend, "keras", "numpy", *(["torch"] if importlib.util.find_spec("torch") else [])]
    return {
        "device": device.description,
        "jit_compile": device.jit_compile,
        "processor": processor_name(),
        "cores": available_cores(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in packages},
        "settings": asdict(settings),
    }


def _print_conditions(found: Mapping[str, Any]) -> None:
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    print(f"{found['device']} ({found['processor']}, {found['cores']} cores); Python {found['python']}, {versions}")


def _print_measurement(found: Measurement) -> None:
    images = f"batch {found.batch}, {found.images_per_step} images a step"
    print(f"\n{found.case}, {found.size} px, {found.precision}: {images}")
    print(
        f"  {'loop':<20}{'steps a call':>13}{'ms a step':>12}{'images/s':>11}{'engine at this':>16}{'of the peak':>13}"
    )
    engine = {row.steps_a_call: row for row in found.rows if row.loop == ENGINE}
    for row in found.rows:
        ratio = engine[row.steps_a_call].images_per_second / row.images_per_second
        told = "" if row.loop == ENGINE else f"{ratio:.2f} x"
        print(
            f"  {row.loop:<20}{row.steps_a_call:13}{row.seconds_a_step * 1000:12.2f}{row.images_per_second:11.0f}"
            f"{told:>16}{row.share_of_peak:13.1%}"
        )
    memory = "not told" if found.peak_memory_bytes is None else f"{found.peak_memory_bytes / 2**30:.2f} GiB"
    product = f"{found.matrix_product_flops / 1e12:.2f} TFLOP/s"
    print(f"  launch overhead {found.launch_overhead:.0%}, peak memory {memory}, matrix product {product}", flush=True)


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    from benchmarks.accelerator_cases import CASES

    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accelerator", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cases", default="", help=f"kinds of step, separated by commas: {', '.join(names)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where all numbers are kept")
    parser.add_argument("--quick", action="store_true", help="for CPUs: two kinds, small batches, few steps")
    arguments = parser.parse_args(given)
    chosen = [name.strip() for name in arguments.cases.split(",") if name.strip()] or names[
        : 2 if arguments.quick else None
    ]
    unknown = sorted({*chosen} - {*names})
    if unknown:
        parser.error(f"--cases names {', '.join(unknown)}; allowed: {', '.join(names)}")
    arguments.cases = [case for case in CASES if case.name in chosen]
    return arguments


def main(given: Sequence[str]) -> None:
    """Measures and prints a table for each kind of step and precision."""
    backend = choose_backend()
    from benchmarks.by_hand import by_hand_on
    from gan_pipelines.training.backend import open_device

    arguments = _arguments(given)
    settings, by_hand = QUICK if arguments.quick else Settings(), by_hand_on(backend)
    device = open_device("auto", "auto", batch_size=1)
    peaks = {precision: _peak(by_hand, settings, precision) for precision in PRECISIONS}
    kept: dict[str, Any] = {"conditions": conditions(device, backend, settings), "measurements": []}
    _print_conditions(kept["conditions"])
    for case in arguments.cases:
        for precision in PRECISIONS:
            reduced = case.reduced(settings.batch_share)
            # A machine that others use shows its best now and then alone.
            peaks[precision] = max(peaks[precision], _peak(by_hand, settings, precision))
            found = measure(reduced, precision, device, by_hand, settings, peaks[precision])
            _print_measurement(found)
            kept["measurements"].append(asdict(found))
            if arguments.json:
                arguments.json.write_text(json.dumps(kept, indent=2), "utf8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"Error: {error}")
