"""What two devices of one machine compute, for `test_mirrored`.

It is run in a process of its own: how many devices a backend sees is fixed when it starts.
"""

import keras
import numpy as np
from keras import layers

from gan_pipelines.training.backend import ForwardResult, open_device, random_tensor
from gan_pipelines.training.engine import Engine, Phase, Player, WeightEMA, build_optimizer
from gan_pipelines.training.parameters import SGDParameters
from gan_pipelines.training.precision import copy_for_training
from tests.backends import BACKEND

RANDOM = np.random.default_rng(0)
NUMBERS = {
    "x": RANDOM.normal(1, 2, (16, 3)).astype(np.float32),
    "y": RANDOM.normal(size=16).astype(np.float32),
    "weight": np.ones(16, np.float32),
}
FIRST_STEP = np.arange(8, dtype=np.int32).reshape(1, 1, 8)
TWO_STEPS = np.arange(16, dtype=np.int32).reshape(2, 1, 8)


def see_two_devices():
    """Must come before anything is computed."""
    if BACKEND == "jax":
        import jax

        jax.config.update("jax_num_cpu_devices", 2)
        return
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    of_all_devices = tf.distribute.MirroredStrategy  # it would take GPUs alone
    tf.distribute.MirroredStrategy = lambda: of_all_devices(["CPU:0", "CPU:1"])


class MeanSquare:
    """Errors times the weights of their examples, and what a device drew and dropped."""

    metric_names = ("first_noise",)

    def __init__(self, network, dropped=None):
        self.network = network
        self.dropped = dropped

    def __call__(self, players, batch, key):  # noqa: ARG002 - of the protocol
        found = self.network(batch["x"], training=True)
        if self.dropped is not None:
            found, after_dropout = found
            self.dropped.assign(keras.ops.cast(after_dropout == 0, "float32"))
        error = keras.ops.square(found[:, 0] - batch["y"]) * batch["weight"]
        return ForwardResult({"student": error}, {"first_noise": random_tensor(key, "latents", (batch["x"].shape[0],))})


def linear():
    inputs = layers.Input((3,))
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))


def normalised():
    inputs = layers.Input((3,))
    x = layers.BatchNormalization()(inputs)
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))


def dropping():
    inputs = layers.Input((3,))
    dropped = layers.Dropout(0.5)(inputs)
    return keras.Model(inputs, [layers.Dense(1, kernel_initializer="ones")(dropped), dropped])


def drawing_and_normalising():
    inputs = layers.Input((3,))
    x = layers.Dropout(0.5)(layers.BatchNormalization()(layers.Dense(6, kernel_initializer="ones")(inputs)))
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))


def two_layers():
    inputs = layers.Input((3,))
    x = layers.Dense(4, kernel_initializer="ones")(inputs)
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))


def train(build, devices="mirrored", indices=TWO_STEPS, precision="float32", **changes):
    """Returns numbers of each step, the state, and each device's copy of it."""
    keras.utils.clear_session(free_memory=False)
    device = open_device(devices, "auto", 8)
    with device.scope():
        network = copy_for_training(build(), precision)
        optimizer = build_optimizer(SGDParameters(name="sgd", learning_rate=0.05), network, 8, precision)
        loss_variables = {}
        if build is dropping:
            loss_variables["dropped"] = keras.Variable(np.zeros((8 // device.replicas, 3)), trainable=False)
        player, average = Player("student", network, optimizer), WeightEMA(network, 0.9)
        objective = MeanSquare(network, loss_variables.get("dropped"))
        engine = Engine([player], [Phase(("student",))], objective, 0, {"student": average}, loss_variables)
    variables = engine.variables()
    steps = device.compile_steps(engine.step, engine.logged, [*variables.values()], NUMBERS | changes, (1, 8))
    logs = steps(0, indices)
    return {
        "devices": device.replicas,
        "logs": {name: values.tolist() for name, values in logs.items()},
        "state": {path: values.tolist() for path, values in engine.state().items()},
        "copies": {path: copies(variable) for path, variable in variables.items()},
    }


def copies(variable):
    """Returns the values that each of TensorFlow's replicas has of a variable."""
    of_replicas = getattr(variable.value, "values", ())
    return [of_replica.numpy().tolist() for of_replica in of_replicas]


SMALL = np.full(16, 1e-3, np.float32)
"""Weights whose gradients float16 holds, multiplied by a scale of 2**15."""
OVERFLOWING = np.where(np.arange(16) < 4, 1e-3, 1e4).astype(np.float32)
"""Of which those of the second device let its gradients overflow, and no loss in float32."""
