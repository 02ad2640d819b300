"""What must not change a result: a kill, the hash seed, where the project lies, another run at the same time."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.artifacts import artifacts, last_step, outcome
from tests.commands import Command
from tests.project import copy_project, kedro

HEADLINES = (
    "run",
    "--pipeline=headlines",
    "--env=smoke",
    "--params=headlines.training.epochs=6,headlines.training.checkpoint_every_steps=1",
)
LAST_STEP = 60

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def start(folder: Path, *arguments: str, hash_seed: int):
    """Starts a command in a new interpreter, whose sets have an order of their own."""
    return kedro(folder, *arguments, env=os.environ | {"PYTHONHASHSEED": str(hash_seed)})


def passes(process) -> str:
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output[-3000:]
    return output


def moved(folder: Path, target: Path) -> Path:
    target.parent.mkdir()
    return folder.rename(target)


@pytest.fixture(scope="module")
def headlines(tmp_path_factory):
    """What an uninterrupted run of the language model leaves."""
    folder = copy_project(tmp_path_factory.mktemp("headlines"))
    passes(start(folder, *HEADLINES, hash_seed=1))
    return outcome(folder, "headlines")


def test_a_language_model_killed_moved_and_gone_on_with_is_the_uninterrupted_one(tmp_path, headlines):
    (tmp_path / "ä b").mkdir()
    folder = copy_project(tmp_path / "ä b")
    process = start(folder, *HEADLINES, hash_seed=2)
    while process.poll() is None and last_step(folder, "headlines") < 7:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "the run ended before it could be killed"
    assert 7 <= last_step(folder, "headlines") < LAST_STEP

    folder = moved(folder, tmp_path / "ö" / "c d")
    assert "resumed at step" in passes(start(folder, *HEADLINES, hash_seed=3))
    assert outcome(folder, "headlines") == headlines
    folder = moved(folder, tmp_path / "é" / "e f")
    assert "0 ran, 0 restored, 14 skipped." in passes(start(folder, *HEADLINES, hash_seed=4))


def test_two_runs_at_once_end_as_each_would_alone(tmp_path, headlines, dcgan_project):
    folder = copy_project(tmp_path)
    commands = [Command(folder, *HEADLINES), Command(folder, "run", "--pipeline=dcgan", "--env=smoke")]
    while not (artifacts(folder, "headlines") and artifacts(folder, "dcgan")):
        assert all(command.is_running() for command in commands), "one ended before the other began"
        time.sleep(0.01)
    for result in [command.wait() for command in commands]:
        assert result.exit_code == 0, result.stderr[-3000:]
    assert outcome(folder, "headlines") == headlines
    assert outcome(folder, "dcgan") == outcome(dcgan_project, "dcgan")
