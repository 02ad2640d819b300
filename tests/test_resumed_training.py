"""What a killed training goes on from: its own checkpoints, whatever else was run, collected or installed since."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import distribution
from pathlib import Path

import keras
import pytest

from tests.another_user import become_another_user, give_to_another_user, needs_another_user
from tests.commands import Command, passes
from tests.project import copy_project, newest

MODEL = "quadratic_gan"
EVERY = 100
FASTER = f"{MODEL}.training.optimizers.generator.learning_rate=0.002"
OTHER_KERAS = "3.15.99"

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def training(steps, *changes):
    every = f"{MODEL}.training.checkpoint_every_steps={EVERY}"
    parameters = ",".join([f"{MODEL}.training.steps={steps}", every, *changes])
    return (
        "run",
        f"--pipeline={MODEL}",
        "--env=smoke",
        f"--to-nodes={MODEL}.training.train_gan",
        f"--params={parameters}",
    )


def checkpoints(folder):
    return {*(folder / "data" / "smoke" / "06_models" / MODEL / "checkpoints").rglob("step-*")}


def last_step(folder):
    return max(int(checkpoint.name.removeprefix("step-")) for checkpoint in checkpoints(folder))


def kill_after_a_checkpoint(folder):
    """Starts a training that never ends, kills it after its next checkpoint, and returns what it logged."""
    before = checkpoints(folder)
    command = Command(folder, *training(1_000_000))
    while command.is_running() and not checkpoints(folder) - before:
        time.sleep(0.005)
    command.send_signal(signal.SIGKILL)
    result = command.wait()
    assert result.exit_code == -signal.SIGKILL, result.stderr[-3000:]
    return result.stderr


def resumed_at(log):
    """Returns the step at which a training went on; 0 where it began."""
    found = re.search(r"resumed at step ([\d,]+)", log)
    return int(found[1].replace(",", "")) if found else 0


def record(folder):
    return json.loads((folder / "data" / "smoke" / "06_models" / MODEL / "training_record.json").read_text("utf8"))


def history(folder):
    return newest(folder, "06_models", MODEL, "training_history.csv").read_bytes()


def collect(folder, *options):
    account = json.loads(passes(folder, "cache", "gc", "--json", *options).stdout)
    return account["removed"], account["kept"]


def test_a_killed_training_outlives_gc_and_a_training_that_learns_faster(tmp_path):
    folder = copy_project(tmp_path)
    kill_after_a_checkpoint(folder)
    left, first = checkpoints(folder), last_step(folder)
    assert collect(folder, "--dry-run") == collect(folder)
    assert checkpoints(folder) == left
    assert resumed_at(kill_after_a_checkpoint(folder)) == first

    second = last_step(folder)
    total = second + EVERY
    assert resumed_at(passes(folder, *training(total, FASTER)).stderr) == 0
    assert record(folder)["resumed"] == 0
    faster = history(folder)
    assert resumed_at(passes(folder, *training(total)).stderr) == second
    assert record(folder)["resumed"] == 2
    assert record(folder)["is_exact"]

    other = tmp_path / "uninterrupted"
    other.mkdir()
    passes(copy_project(other), *training(total))
    assert history(folder) == history(other) != faster


def linked(source, target):
    """Makes a folder of links to all that is in another."""
    target.mkdir()
    for entry in source.iterdir():
        (target / entry.name).symlink_to(entry)


def install_another_keras(folder):
    """Installs the Keras of this interpreter under another version, in a folder that comes first on Python's path."""
    (package,) = importlib.util.find_spec("keras").submodule_search_locations
    information = Path(distribution("keras")._path)
    folder.mkdir(parents=True)
    linked(Path(package), folder / "keras")
    (folder / "keras" / "src").unlink()
    linked(Path(package) / "src", folder / "keras" / "src")
    renumber(folder / "keras" / "src" / "version.py")
    linked(information, folder / information.name.replace(keras.__version__, OTHER_KERAS))
    renumber(folder / information.name.replace(keras.__version__, OTHER_KERAS) / "METADATA")


def renumber(link):
    text = link.read_text("utf8")
    link.unlink()
    link.write_text(text.replace(keras.__version__, OTHER_KERAS, 1), "utf8")


def test_a_training_goes_on_with_another_keras_and_says_that_it_is_not_exact(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    copy_project(folder)
    kill_after_a_checkpoint(folder)
    step = last_step(folder)
    packages = tmp_path / "lib" / "site-packages"  # by which installed code is told from the user's
    install_another_keras(packages)
    result = subprocess.run(
        [sys.executable, "-m", "kedro", *training(step + EVERY)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    log = " ".join((result.stdout + result.stderr).split())
    assert result.returncode == 0, log[-3000:]
    assert resumed_at(log) == step
    assert f"continues, but not bit for bit: keras: '{keras.__version__}' in the checkpoint, '{OTHER_KERAS}' now" in log
    assert record(folder)["is_exact"] is False
    assert record(folder)["environment"]["keras"] == OTHER_KERAS


@needs_another_user
def test_a_folder_that_may_not_be_written_is_told_before_training(tmp_path):
    folder = copy_project(tmp_path)
    place = folder / "data" / "smoke" / "06_models" / MODEL / "checkpoints"
    place.mkdir(parents=True)
    give_to_another_user(folder)
    os.chown(place, 0, 0)
    command = Command(folder, *training(10), variables={"HOME": str(folder)}, prepare=become_another_user)
    result = command.wait()
    log = result.stdout + result.stderr
    assert result.exit_code == 1, log[-3000:]
    assert f"Checkpoints cannot be written to {place}" in log.replace("\n", "")
    assert "Make the folder writable" in log
    assert "Traceback" not in log
    assert "compiling" not in log
