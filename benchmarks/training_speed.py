"""Images per second of the training node beside the same step by hand, the chapters' loop and PyTorch.

All loops of a setting take turns in one process, so that the machine's moods fall on each alike; what counts are the
ratios.
"""

import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from benchmarks.loops import Loop, bare_loop, chapters_loop, pytorch_twin, training_node
from gan_pipelines.training.environment import available_cores

ROUNDS = 3
SECONDS_A_ROUND = 5.0
NODE = "training node"


@dataclass(frozen=True)
class Setting:
    """What is trained, and how many images at a time."""

    architecture: str
    batch_size: int


SETTINGS = (
    Setting("mnist_transposed", 64),
    Setting("mnist_transposed", 256),
    Setting("fashion_upsampling", 32),
)
# ForwardResult and backward passes of one simultaneous step: 2 operations a multiplication, backward twice the forward.
GIGAFLOPS_AN_IMAGE = {"mnist_transposed": 0.45, "fashion_upsampling": 0.62}


def loops(setting: Setting) -> dict[str, Loop]:
    """Makes every loop of a setting."""
    pixels = np.random.default_rng(0).uniform(-1, 1, (2048, 28, 28, 1)).astype(np.float32)
    name, batch = setting.architecture, setting.batch_size
    found = {f"{NODE}, XLA {_switch(jit)}": training_node(name, pixels, batch, jit) for jit in (False, True)}
    found |= {f"bare loop, XLA {_switch(jit)}": bare_loop(name, pixels, batch, jit) for jit in (False, True)}
    found["chapters' loop"] = chapters_loop(name, pixels, batch)
    if name == "mnist_transposed" and importlib.util.find_spec("torch"):
        found["PyTorch eager, channels last"] = pytorch_twin(pixels, batch)
    return found


def measure(found: Mapping[str, Loop], batch_size: int) -> dict[str, float]:
    """Returns the median images per second of each loop, start-up and compilation left out."""
    rates: dict[str, list[float]] = {name: [] for name in found}
    steps = {name: _steps_for(loop, SECONDS_A_ROUND) for name, loop in found.items()}
    for _ in range(ROUNDS):
        for name, loop in found.items():
            # The node compiles anew at each call; a call of a tenth of the steps takes that out.
            short = max(1, steps[name] // 10)
            seconds = _seconds(loop, steps[name] + short) - _seconds(loop, short)
            rates[name].append(steps[name] * batch_size / seconds)
    return {name: statistics.median(values) for name, values in rates.items()}


def matrix_product_peak() -> float:
    """Returns the gigaflops that a product of two 4,096 x 4,096 float32 matrices reaches here."""
    left = tf.random.stateless_uniform((4096, 4096), [0, 1])
    product: Callable[[], tf.Tensor] = tf.function(lambda: tf.reduce_sum(tf.matmul(left, left)))
    product().numpy()
    best = min(_seconds(lambda _: product().numpy(), 1) for _ in range(3))
    return 2 * 4096**3 / best / 1e9


def main() -> None:
    """Prints a table for each setting."""
    peak = matrix_product_peak()
    print(f"{available_cores()} cores, matrix-product peak {peak:.0f} GFLOP/s")
    for setting in SETTINGS:
        rates = measure(loops(setting), setting.batch_size)
        node = max(rate for name, rate in rates.items() if name.startswith(NODE))
        print(f"\n{setting.architecture}, batch {setting.batch_size}")
        for name, rate in rates.items():
            print(f"  {name:<30} {rate:8.0f} images/s   best node is {node / rate:5.2f} x")
        gigaflops = GIGAFLOPS_AN_IMAGE[setting.architecture]
        print(f"  share of the matrix-product peak: {node * gigaflops / peak:.0%}")


def _switch(jit: bool) -> str:
    return "on" if jit else "off"


def _steps_for(loop: Loop, seconds: float) -> int:
    """Finds how many steps fill the time; compiles on the way."""
    loop(2)
    per_step = (_seconds(loop, 12) - _seconds(loop, 2)) / 10
    return max(10, int(seconds / max(per_step, 1e-3)))


def _seconds(loop: Loop, steps: int) -> float:
    start = time.perf_counter()
    loop(steps)
    return time.perf_counter() - start
