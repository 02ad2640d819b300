"""Two replicas on one machine, in a process of their own, since devices are fixed when TensorFlow starts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json
import keras
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
real_strategy = tf.distribute.MirroredStrategy
tf.distribute.MirroredStrategy = lambda: real_strategy(["CPU:0", "CPU:1"])

from gan_pipelines.errors import UserError
from gan_pipelines.training.engine import Engine, Outcome, Phase, Player, build_optimizer
from gan_pipelines.training.parameters import SGDParameters
from gan_pipelines.training.backend import Key, noise, open_device


class MeanSquare:
    figures = ("first_noise",)

    def __init__(self, network):
        self.network = network

    def __call__(self, players, batch, key):
        error = keras.ops.square(self.network(batch["x"])[:, 0] - batch["y"])
        drawn = noise(key, "latents", (batch["x"].shape[0],))
        return Outcome({"student": error}, {"first_noise": drawn})


def train(devices):
    device = open_device(devices, "auto" if devices == "mirrored" else False, 8)
    with device.scope():
        inputs = keras.layers.Input((3,))
        network = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
        optimizer = build_optimizer(SGDParameters(name="sgd", learning_rate=0.05), network, 8)
        engine = Engine([Player("student", network, optimizer)], [Phase(("student",))], MeanSquare(network), seed=0)
    random = np.random.default_rng(0)
    data = {"x": random.normal(size=(16, 3)).astype("float32"), "y": random.normal(size=16).astype("float32")}
    steps = device.compile_steps(engine.step, engine.logged, [*engine.variables().values()], data, (1, 8))
    logs = steps(0, np.arange(16, dtype=np.int32).reshape(2, 1, 8))
    weights = np.concatenate([values.ravel() for values in network.get_weights()])
    return device.replicas, weights.tolist(), {name: values.tolist() for name, values in logs.items()}


def refusal(**arguments):
    try:
        open_device(**arguments)
    except UserError as error:
        return str(error)


print(json.dumps([
    train("cpu"),
    train("mirrored"),
    refusal(devices="mirrored", jit_compile="auto", batch_size=7),
    refusal(devices="mirrored", jit_compile=True, batch_size=8),
]))
"""


@pytest.mark.slow
def test_two_replicas_take_the_step_that_one_takes_on_the_joined_batch():
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    single, mirrored, uneven, jit = json.loads(result.stdout.splitlines()[-1])
    assert (single[0], mirrored[0]) == (1, 2)
    assert mirrored[1] == pytest.approx(single[1], abs=1e-6)
    assert mirrored[2]["student_loss"] == pytest.approx(single[2]["student_loss"], abs=1e-6)
    # Were the replicas' noise the same, the mean over both would be that of four draws of the first replica.
    assert mirrored[2]["first_noise"] != pytest.approx(single[2]["first_noise"], abs=1e-6)
    assert "batch_size 7 cannot be shared equally among 2 devices" in uneven
    assert "jit_compile" in jit
