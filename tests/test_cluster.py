"""Two processes of this machine that train one model together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gan_pipelines import announcements
from gan_pipelines.announcements import Announcer, follow
from gan_pipelines.errors import LostProcessError, UserError
from tests.commands import Command
from tests.project import ROOT, copy_project, newest

RUN = (
    "run",
    "--pipeline=quadratic_gan",
    "--env=smoke",
    "--to-nodes=quadratic_gan.training.train_gan",
    "--params=quadratic_gan.training.devices=multi_worker,quadratic_gan.training.checkpoint_every_steps=100",
)
STEPS = 1200
CHIEF, OTHER = 0, 1


def cluster_variables() -> list[dict[str, str]]:
    """``TF_CONFIG`` of each process, at ports that are free."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    addresses = [f"localhost:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    tasks = [{"type": "worker", "index": process} for process in (CHIEF, OTHER)]
    return [{"TF_CONFIG": json.dumps({"cluster": {"worker": addresses}, "task": task})} for task in tasks]


def start(folder, steps=STEPS, **of_the_other):
    arguments = [RUN, RUN]
    arguments[OTHER] = (*RUN[:-1], f"{RUN[-1]}{of_the_other.get('parameters', '')}")
    steps_of_all = f",quadratic_gan.training.steps={steps}"
    return [
        Command(folder, *own[:-1], own[-1] + steps_of_all, variables=variables)
        for own, variables in zip(arguments, cluster_variables(), strict=True)
    ]


def results(folder):
    names = ("generator.keras", "discriminator.keras", "training_history.csv")
    return {name: newest(folder, "06_models", "quadratic_gan", name).read_bytes() for name in names}


def last_step(folder):
    found = (folder / "data" / "smoke" / "06_models" / "quadratic_gan" / "checkpoints").glob("*/step-*")
    return max((int(each.name.removeprefix("step-")) for each in found), default=0)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_whichever_process_is_killed_the_same_command_ends_in_the_same_bits(tmp_path_factory):
    uninterrupted, folder = (copy_project(tmp_path_factory.mktemp(name)) for name in ("uninterrupted", "killed"))
    for command in start(uninterrupted):
        assert command.wait().exit_code == 0
    for killed, left in ((OTHER, CHIEF), (CHIEF, OTHER)):
        before, commands = last_step(folder), start(folder)
        while all(command.is_running() for command in commands) and last_step(folder) < before + 200:
            time.sleep(0.01)
        commands[killed].send_signal(signal.SIGKILL)
        assert commands[killed].wait().exit_code == -signal.SIGKILL
        answer = commands[left].wait(90)
        assert answer.exit_code == 1, answer.stderr[-3000:]
        assert "another of the 2 processes was lost" in answer.stderr
        assert "Traceback" not in answer.stderr
    assert 0 < last_step(folder) < STEPS
    chief, other = (command.wait() for command in start(folder))
    assert (chief.exit_code, other.exit_code) == (0, 0), chief.stderr[-3000:] + other.stderr[-3000:]
    assert f"resumed at step {last_step_text(chief)} of" in chief.stderr
    assert "Running quadratic_gan.training.train_gan with the chief process" in other.stderr
    assert "Incremental run" not in other.stderr
    assert results(folder) == results(uninterrupted)


def last_step_text(answer):
    return answer.stderr.partition("resumed at step ")[2].partition(" ")[0]


@pytest.mark.slow
def test_a_signal_to_one_process_stops_both_and_other_parameters_are_refused(tmp_path):
    folder = copy_project(tmp_path)
    commands = start(folder, steps=1_000_000)
    while all(command.is_running() for command in commands) and last_step(folder) < 100:
        time.sleep(0.01)
    commands[OTHER].send_signal(signal.SIGTERM)
    for command in commands:
        answer = command.wait(60)
        assert answer.exit_code == 128 + signal.SIGTERM, answer.stderr[-3000:]
        assert "stopped at step" in answer.stderr
    for command in start(folder, parameters=",quadratic_gan.training.seed=9"):
        answer = command.wait(60)
        assert answer.exit_code == 1
        assert "parameters of 1 of 2 processes differ from the chief" in answer.stderr


TRAIN = """
import sys
import numpy as np
from gan_pipelines.training.backend import join_cluster
if sys.argv[2] == "multi_worker":
    join_cluster()
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from tests import toy

parameters = AdversarialTrainingParameters.model_validate(
    {"steps": 4, "batch_size": 8, "ema_decay": 0.9, "devices": sys.argv[2], "preview": {"images": 2}}
)
trained = train_gan("Training", (toy.generator(), toy.discriminator()), toy.images(), parameters)
weights = [*trained.generator.get_weights(), *trained.discriminator.get_weights(), *trained.result.logs.values()]
np.savez(sys.argv[1], *weights)
"""


def train_on_jax(folder: Path, devices: str, processes: list[dict[str, str]]) -> list[list[np.ndarray]]:
    environments = [{**os.environ, **variables, "KERAS_BACKEND": "jax"} for variables in processes]
    files = [folder / f"{devices}-{number}.npz" for number in range(len(processes))]
    running = [
        subprocess.Popen([sys.executable, "-c", TRAIN, str(file), devices], cwd=ROOT, env=environment)
        for file, environment in zip(files, environments, strict=True)
    ]
    assert [process.wait(300) for process in running] == [0] * len(running)
    return [[archive[name] for name in archive.files] for archive in map(np.load, files)]


STEP_OF_SLURM = {
    "SLURM_JOB_ID": str(os.getpid()),
    "SLURM_STEP_ID": "0",
    "SLURM_STEP_NODELIST": "localhost",
    "SLURM_STEP_NUM_TASKS": "2",
    "SLURM_STEP_TASKS_PER_NODE": "2",
    "SLURM_NTASKS": "2",
}
MEET = """
import sys
import numpy as np
from gan_pipelines.training.backend import join_cluster
device = join_cluster()
total = device.all_reduce_sum(np.array([1 + device.process], np.int32))
sys.exit([device.process, device.processes, *total] != [int(sys.argv[1]), 2, 3])
"""


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_tasks_of_slurm_on_a_node_without_gpus_meet(backend):
    """Whom nothing but Slurm's variables tells of each other."""
    own = [{"SLURM_PROCID": str(task), "SLURM_LOCALID": str(task), "KERAS_BACKEND": backend} for task in (CHIEF, OTHER)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MEET, each["SLURM_PROCID"]], cwd=ROOT, env={**os.environ, **STEP_OF_SLURM, **each}
        )
        for each in own
    ]
    assert [process.wait(120) for process in running] == [0, 0]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_two_processes_on_jax_train_as_one_does(tmp_path):
    """With batch normalisation and dropout: what is computed of a batch is computed of all of it."""
    [alone] = train_on_jax(tmp_path, "cpu", [{}])
    chief, other = train_on_jax(tmp_path, "multi_worker", cluster_variables())
    assert all(np.array_equal(first, second) for first, second in zip(chief, other, strict=True))
    assert all(np.allclose(first, second, atol=1e-5) for first, second in zip(chief, alone, strict=True))


def test_announcements_come_in_order_until_the_end(tmp_path):
    announcer = Announcer(tmp_path / "runs" / "run-1")
    announcer.announce("dcgan.training.train_gan")
    announcer.announce("simple_gan.training.train_gan")
    announcer.end("finished")
    assert list(follow(tmp_path / "runs" / "run-1")) == ["dcgan.training.train_gan", "simple_gan.training.train_gan"]


def test_the_failure_of_the_chief_is_told(tmp_path):
    announcer = Announcer(tmp_path / "runs" / "run-1")
    announcer.announce("dcgan.training.train_gan")
    announcer.end("failed")
    announced = follow(tmp_path / "runs" / "run-1")
    assert next(announced) == "dcgan.training.train_gan"
    with pytest.raises(UserError, match="see its log"):
        next(announced)


def test_a_chief_that_falls_silent_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(announcements, "SECONDS_UNTIL_LOST", 0.3)
    (tmp_path / "heartbeat").write_text("1")
    with pytest.raises(LostProcessError, match=r"No heartbeat of the chief process.*all machines share"):
        next(follow(tmp_path))


def test_earlier_runs_are_not_mistaken_for_this_one(tmp_path):
    earlier = Announcer(tmp_path / "runs" / "run-1")
    earlier.announce("dcgan.training.train_gan")
    earlier.end("finished")
    later = Announcer(tmp_path / "runs" / "run-2")
    later.end("finished")
    assert [each.name for each in (tmp_path / "runs").iterdir()] == ["run-2"]
    assert list(follow(tmp_path / "runs" / "run-2")) == []
