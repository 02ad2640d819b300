import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

# What is not there on a machine that has one backend, Keras, NumPy and pydantic alone.
HIDDEN = (
    "kedro",
    "kedro_datasets",
    "omegaconf",
    "pandas",
    "sklearn",
    "plotly",
    "PIL",
    "click",
    "yaml",
    "threadpoolctl",
)

QUICKLY_COMPILED = "--xla_backend_optimization_level=0"

# Before anything else: modules that are hidden cannot be found.
HIDE = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

HIDDEN = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Hidden())
"""

LOSSES = """
import dataclasses, json
from gan_pipelines.backend_choice import choose_backend
backend = choose_backend()
from benchmarks.accelerator_cases import CASES, engine_loop
from benchmarks.by_hand import by_hand_on
from gan_pipelines.training.backend import open_device

found = {}
for case in CASES:
    if case.name == "photo_256":
        continue
    size = 32 if case.architecture == "photo_upsampling" else 8
    toy = dataclasses.replace(case, size=size, batch=4, critic_updates=min(2, case.critic_updates))
    # With XLA, as on a GPU, TensorFlow draws other numbers than without.
    kinds = [("float32", False), ("mixed_bfloat16", False), ("float32", True)]
    for precision, as_on_gpu in kinds if case.name == "wgan_gp" else kinds[:1]:
        device = open_device("auto", as_on_gpu or "auto", 2)
        loops = {
            "engine": engine_loop(toy, precision, device),
            "by hand": by_hand_on(backend).loop(toy, precision, on_gpu=as_on_gpu),
        }
        of_case = found[f"{toy.name}, {'XLA, ' if as_on_gpu else ''}{precision}"] = {}
        for name, loop in loops.items():
            losses = loop(0, toy.indices(2))
            pairs = zip(losses["generator_loss"], losses["discriminator_loss"], strict=True)
            of_case[name] = [[float(a), float(b)] for a, b in pairs]
print(json.dumps(found))
"""


def run(program, backend, *arguments):
    """Runs a program in which nothing but a backend and what it needs can be imported; returns stdout."""
    hidden = [*HIDDEN, *(("tensorflow",) if backend == "jax" else ("jax",))]
    settings = {"KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT / "src"), "XLA_FLAGS": QUICKLY_COMPILED}
    environment = {**os.environ, **settings}
    command = [sys.executable, "-c", HIDE + program, ",".join(hidden), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_steps_by_hand_learn_what_the_engine_learns(backend):
    """The second step's losses show that the first moved the weights alike."""
    losses = json.loads(run(LOSSES, backend).splitlines()[-1])
    assert len(losses) == 6
    for name, of_loops in losses.items():
        # In 16 bits a sum in another order is another number from the third digit on.
        tolerance = 1e-4 if name.endswith("float32") else 1e-2
        np.testing.assert_allclose(of_loops["by hand"], of_loops["engine"], rtol=0, atol=tolerance, err_msg=name)
        assert not np.allclose(of_loops["engine"][0], of_loops["engine"][1], atol=1e-3), name


MEASURED = """
import dataclasses, sys
from benchmarks import accelerator, accelerator_cases
accelerator_cases.CASES = tuple(
    dataclasses.replace(case, size=8, batch=2, critic_updates=0, penalties=()) for case in accelerator_cases.CASES[:1]
)
accelerator.QUICK = dataclasses.replace(accelerator.QUICK, matrix_size=64, batch_share=1)
accelerator.main(["--quick", "--json", sys.argv[1]])
"""


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_table_and_the_file_hold_every_loop_and_the_conditions(tmp_path):
    table = run(MEASURED, "tensorflow", str(tmp_path / "numbers.json"))
    assert "mnist_transposed, 8 px, float32: batch 2, 2 images a step" in table
    assert "launch overhead" in table
    kept = json.loads((tmp_path / "numbers.json").read_text("utf8"))
    assert kept["conditions"]["device"] == "CPU"
    assert kept["conditions"]["versions"].keys() >= {"tensorflow", "keras", "numpy"}
    assert [found["precision"] for found in kept["measurements"]] == ["float32", "mixed_bfloat16"]
    rows = {(row["loop"], row["steps_a_call"]): row for row in kept["measurements"][0]["rows"]}
    assert rows.keys() == {("engine", 1), ("engine", 4), ("by hand", 1), ("by hand", 4)}
    for row in rows.values():
        assert row["images_per_second"] == pytest.approx(2 / row["seconds_a_step"])
        assert row["share_of_peak"] > 0


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (
            ["--cases=mnist_transposed,photo"],
            {},
            "--cases names photo; allowed: mnist_transposed, photo_96, photo_256,",
        ),
        ([], {"KERAS_BACKEND": "torch"}, "Error: The environment variable KERAS_BACKEND is 'torch'; allowed: "),
    ],
    ids=["case", "backend"],
)
@pytest.mark.slow
def test_a_mistake_is_told(arguments, environment, expected):
    command = [sys.executable, "-m", "benchmarks.accelerator", *arguments]
    variables = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert expected in done.stderr


def test_the_operations_of_a_step_are_those_of_its_layers():
    """``mnist_transposed`` at 28 px, counted by hand: multiplications of each layer for one image, forwards."""
    from benchmarks.accelerator_cases import CASES, operations_per_step

    generator = 100 * 12_544 + 7 * 7 * 25 * 256 * 128 + 7 * 7 * 25 * 128 * 64 + 14 * 14 * 25 * 64
    discriminator = 14 * 14 * 25 * 64 + 7 * 7 * 25 * 64 * 128 + 6272
    digits, wgan_gp = CASES[0], CASES[3]
    assert operations_per_step(digits) == 64 * 2 * (3 * generator + 7 * discriminator)
    critic_updates, generator_update = 5 * (generator + 12 * discriminator), 3 * generator + 2 * discriminator
    assert operations_per_step(wgan_gp) == 32 * 2 * (critic_updates + generator_update)
