"""`kill -9` at any moment, and the signals that ask politely."""

import random
import signal
import time

import pytest

from tests.commands import Command, passes
from tests.project import copy_project, newest

MODELS = ("dcgan", "cyclegan")
"""Adversarial training of one network against another; of two each, with a pool of images in the checkpoints."""

KILLS = 3

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def command_of(model):
    changes = f"{model}.training.steps=24,{model}.training.checkpoint_every_steps=1"
    return ("run", f"--pipeline={model}", "--env=smoke", f"--params={changes}")


def results(folder, model):
    """The bytes of all that an interruption must not change."""
    artifacts = {
        "generator.keras": "06_models",
        "discriminator.keras": "06_models",
        "training_history.csv": "06_models",
        "samples.npz": "07_model_output",
        "scores.json": "08_reporting",
    }
    return {name: newest(folder, layer, model, name).read_bytes() for name, layer in artifacts.items()}


def last_step(folder, model):
    """The step of the newest checkpoint; -1 before the first."""
    steps = sorted((folder / "data" / "smoke" / "06_models" / model / "checkpoints").glob("*/step-*"))
    return int(steps[-1].name.removeprefix("step-")) if steps else -1


def wait_for_step(command, folder, model, step):
    while command.is_running() and last_step(folder, model) < step:
        time.sleep(0.005)


@pytest.mark.parametrize("model", MODELS)
def test_killed_and_run_again_ends_in_the_same_bits(tmp_path, model):
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    whole, folder, run = copy_project(tmp_path / "whole"), copy_project(tmp_path / "killed"), command_of(model)
    passes(whole, *run)
    moments = random.Random(20)  # noqa: S311 - when to kill, not a secret
    for _ in range(KILLS):
        command = Command(folder, *run)
        wait_for_step(command, folder, model, last_step(folder, model) + moments.randint(1, 6))
        time.sleep(moments.uniform(0, 0.15))
        command.send_signal(signal.SIGKILL)
        assert command.wait().exit_code == -signal.SIGKILL, "the run ended before it could be killed"
    assert "resumed at step" in passes(folder, *run).stderr
    assert results(folder, model) == results(whole, model)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_polite_signal_ends_without_a_traceback(tmp_path, number, code):
    folder = copy_project(tmp_path)
    command = Command(folder, *command_of("dcgan"), "--to-nodes=dcgan.training.train_gan")
    wait_for_step(command, folder, "dcgan", 2)
    command.send_signal(number)
    result = command.wait(seconds=120)
    assert result.exit_code == code, result.stderr[-3000:]
    assert "run the same command to continue" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
