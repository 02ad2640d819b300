import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from rich.console import Console

from gan_pipelines import devices_report
from gan_pipelines.cli import cli
from gan_pipelines.devices_report import (
    NvidiaCard,
    as_tables,
    as_text,
    describe_devices,
    nvidia_cards,
    suitable_precision,
)
from gan_pipelines.training.backend.interface import FoundDevice

ROOT = Path(__file__).parents[1]
CARD = NvidiaCard("NVIDIA H100 80GB HBM3", 81559 * 2**20, "570.86.10")


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    for name in ("TF_CONFIG", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)


def with_gpus(monkeypatch, *gpus, cards=()):
    from gan_pipelines.training import backend

    cpus = [FoundDevice("CPU:0")]
    monkeypatch.setattr(backend, "find_devices", lambda kind: list(gpus) if kind == "GPU" else cpus)
    monkeypatch.setattr(devices_report, "nvidia_cards", lambda: list(cards))


@pytest.mark.parametrize(
    ("capability", "precision"),
    [
        (None, "float32"),
        ((6, 1), "float32"),
        ((7, 0), "mixed_float16"),
        ((7, 5), "mixed_float16"),
        ((8, 0), "mixed_bfloat16"),
        ((12, 0), "mixed_bfloat16"),
    ],
)
def test_the_precision_follows_the_compute_capability(capability, precision):
    assert suitable_precision(capability) == precision


def test_a_gpu_is_told_with_what_its_driver_knows(monkeypatch):
    found = FoundDevice("GPU:0", CARD.model, memory=7, compute_capability=(9, 0))
    with_gpus(monkeypatch, found, cards=[NvidiaCard("another", 1, "570.86.10"), CARD])
    report = describe_devices("tensorflow")
    gpu, cpu = report.devices
    assert (gpu.memory_bytes, gpu.driver_version, gpu.compute_capability) == (81559 * 2**20, "570.86.10", "9.0")
    assert (gpu.precision, cpu.precision, cpu.driver_version) == ("mixed_bfloat16", "float32", None)
    assert cpu.memory_bytes == report.memory_bytes > 2**20
    assert report.advice == ()
    text = as_text(report)
    for expected in ("GPU GPU:0", CARD.model, "79.6 GiB", "570.86.10", "9.0", "mixed_bfloat16", "jit_compile: auto"):
        assert expected in text


def test_a_gpu_of_another_maker_has_the_memory_that_the_backend_tells_and_no_driver(monkeypatch):
    with_gpus(monkeypatch, FoundDevice("rocm:0", "MI300", memory=5), cards=[CARD])
    gpu = describe_devices("tensorflow").devices[0]
    assert (gpu.memory_bytes, gpu.driver_version, gpu.compute_capability, gpu.precision) == (5, None, None, "float32")


@pytest.mark.parametrize(("backend", "extra"), [("tensorflow", "'.[gpu]'"), ("jax", "'.[jax-gpu]'")])
def test_without_a_gpu_it_says_what_to_install(monkeypatch, backend, extra):
    with_gpus(monkeypatch)
    (advice,) = describe_devices(backend).advice
    assert advice.startswith("No GPU found.")
    assert f"`pip install -e {extra}`" in advice
    with_gpus(monkeypatch, cards=[CARD])
    (advice,) = describe_devices(backend).advice
    assert f"the driver 570.86.10 lists {CARD.model}" in advice
    assert f"`pip install -e {extra}`" in advice


def test_the_cluster_is_told_or_what_is_wrong_with_it(monkeypatch):
    with_gpus(monkeypatch, FoundDevice("GPU:0"))
    assert describe_devices("tensorflow").cluster is None
    task = {"cluster": {"worker": ["host0:1", "host1:2"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(task))
    report = describe_devices("tensorflow")
    assert report.cluster == {"process": 1, "addresses": ["host0:1", "host1:2"]}
    assert "process 1 of host0:1, host1:2" in as_text(report)
    monkeypatch.setenv("TF_CONFIG", "{}")
    report = describe_devices("tensorflow")
    assert report.cluster is None
    assert "TF_CONFIG is '{}'" in report.advice[0]


def test_the_tables_hold_what_the_text_holds(monkeypatch):
    with_gpus(monkeypatch, FoundDevice("GPU:0", CARD.model, compute_capability=(9, 0)), cards=[CARD])
    report = describe_devices("tensorflow")
    console = Console(width=200)
    with console.capture() as capture:
        console.print(*as_tables(report), sep="\n")
    for expected in (CARD.model, "mixed_bfloat16", "570.86.10", report.processor, report.backend_version):
        assert expected in capture.get()


def answering(folder, monkeypatch, script):
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f"echo '{CARD.model}, 81559, 570.86.10'", [CARD]),
        ("echo 'NVIDIA GB10, [N/A], 580.1'", [NvidiaCard("NVIDIA GB10", None, "580.1")]),
        ("echo 'No devices were found'", []),
        ("exit 9", []),
    ],
    ids=["card", "shared memory", "no card", "no driver"],
)
def test_the_driver_is_asked_where_there_is_one(tmp_path, monkeypatch, script, expected):
    answering(tmp_path, monkeypatch, script)
    assert nvidia_cards() == expected


def test_without_a_driver_there_are_no_cards(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia_cards() == []


def test_jax_devices_are_found_with_their_compute_capability(monkeypatch):
    import jax

    from gan_pipelines.training.backend import jax_backend

    cuda = SimpleNamespace(
        platform="gpu", device_kind="H100", compute_capability="9.0", memory_stats=lambda: {"bytes_limit": 5}
    )
    rocm = SimpleNamespace(platform="gpu", device_kind="MI300", compute_capability="gfx942", memory_stats=lambda: None)
    monkeypatch.setattr(jax, "local_devices", lambda **_: [cuda, rocm])
    found = jax_backend.find_devices("GPU")
    assert [(each.model, each.memory, each.compute_capability) for each in found] == [
        ("H100", 5, (9, 0)),
        ("MI300", None, None),
    ]


def test_tensorflow_devices_are_found_with_their_compute_capability(monkeypatch):
    import tensorflow as tf

    from gan_pipelines.training.backend import tensorflow_backend

    device = SimpleNamespace(name="/physical_device:GPU:0", device_type="GPU")
    details = {"device_name": "H100", "compute_capability": (9, 0)}
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [device])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda _: details)
    assert tensorflow_backend.find_devices("GPU") == [FoundDevice("GPU:0", "H100", compute_capability=(9, 0))]


def test_a_mistake_is_told_without_a_traceback(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    result = CliRunner().invoke(cli, ["gan", "devices"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The environment variable KERAS_BACKEND is 'torch'; allowed: ")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_command_answers_in_json_alone_on_stdout(backend):
    command = [sys.executable, "-m", "kedro", "gan", "devices", "--json"]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["backend"], report["cluster"]) == (backend, None)
    assert {device["kind"] for device in report["devices"]} >= {"CPU"}


@pytest.mark.slow
def test_a_run_on_a_backend_that_is_unknown_ends_before_keras_is_imported():
    command = [sys.executable, "-m", "kedro", "run", "--pipeline=dcgan", "--env=smoke"]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The environment variable KERAS_BACKEND is 'torch'; allowed: ")
