"""Half the bits: losses that are scaled, steps that are left out, and penalties in float32."""

from typing import ClassVar

import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.adversarial.losses import Wasserstein
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.penalties import GradientPenalty, ZeroCentredPenalty
from gan_pipelines.training.backend import ForwardResult, Key
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.engine import Engine, Phase, Player, build_optimizer
from gan_pipelines.training.parameters import SGDParameters
from gan_pipelines.training.precision import copy_for_training
from tests import toy
from tests.backends import compile_steps, step_number, traced
from tests.training.test_trainer import DyingStore, assert_equal, outcome, train

SCALE = "student/optimizer/loss_scale_optimizer/dynamic_scale"
HALVES = pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])


class Weighted:
    """Outputs times the weights of their examples, which set how large the gradients are."""

    metric_names = ()

    def __init__(self, network):
        self.network = network

    def __call__(self, players, batch, key):  # noqa: ARG002 - draws nothing
        return ForwardResult({"student": self.network(batch["x"], training=True)[:, 0] * batch["weight"]}, {})


def student():
    inputs = layers.Input((3,))
    network = keras.Model(inputs, layers.Dense(1)(layers.Dense(4, kernel_initializer="ones")(inputs)))
    network = copy_for_training(network, "mixed_float16")
    optimizer = build_optimizer(SGDParameters(name="sgd", learning_rate=0.1), network, 2, "mixed_float16")
    return Engine([Player("student", network, optimizer)], (Phase(("student",)),), Weighted(network), seed=0)


def test_a_step_whose_gradients_overflow_moves_nothing_and_halves_the_scale():
    """A weight of 1 leaves gradients that float16 holds when multiplied by the scale of 2**15; 1e4 does not."""
    engine = student()
    data = {"x": np.full((4, 3), 0.25, np.float32), "weight": np.array([1, 1, 1e4, 1e4], np.float32)}
    steps = compile_steps(engine, data, (1, 2))
    states = [engine.state()]
    for step, first in enumerate((2, 2, 0)):
        logs = steps(step, np.array([[[first, first + 1]]], np.int32))
        assert np.isfinite(logs["student_loss"]).all()
        states.append(engine.state())
    assert [float(state[SCALE]) for state in states] == [2.0**15, 2.0**14, 2.0**13, 2.0**13]
    networks = [[values for path, values in state.items() if "/network/" in path] for state in states]
    assert_equal(networks[0], networks[1])
    assert_equal(networks[0], networks[2])
    assert all(np.isfinite(values).all() for values in networks[3])
    assert not np.array_equal(networks[2][0], networks[3][0])


def test_scaled_losses_are_divided_again():
    """The last bias moves by the rate times the mean weight, as without a scale."""
    engine = student()
    data = {"x": np.full((2, 3), 0.25, np.float32), "weight": np.array([0.5, 1.5], np.float32)}
    compile_steps(engine, data, (1, 2))(0, np.array([[[0, 1]]], np.int32))
    last_bias = [values for path, values in engine.state().items() if "/network/" in path][-1]
    assert last_bias == pytest.approx([-0.1], rel=1e-3)


@keras.saving.register_keras_serializable("tests")
class Noting(layers.Layer):
    """Notes of which type its inputs are."""

    seen: ClassVar[list] = []

    def call(self, inputs):
        self.seen.append(
            inputs.dtype if isinstance(inputs.dtype, str) else keras.backend.standardize_dtype(inputs.dtype)
        )
        return inputs


def noting_discriminator():
    pixels = layers.Input(toy.IMAGE_SHAPE)
    x = Noting()(layers.LeakyReLU()(layers.Dense(8)(layers.Flatten()(pixels))))
    return keras.Model(pixels, layers.Dense(1)(x))


@HALVES
@pytest.mark.parametrize("penalty", [GradientPenalty(10.0), ZeroCentredPenalty("r1", 1.0)])
def test_penalties_compute_in_float32_and_all_else_in_16_bits(precision, penalty):
    discriminator = copy_for_training(noting_discriminator(), precision)
    objective = AdversarialObjective(toy.generator(), discriminator, Wasserstein(), penalties=[penalty])
    seen = {}

    def step(samples):
        Noting.seen.clear()
        outcome = objective(("discriminator",), {"samples": samples}, Key(0, step_number(0)))
        seen["judging"] = set(Noting.seen)
        Noting.seen.clear()
        values, _ = outcome.regularizers[0].compute()
        seen["penalty"] = set(Noting.seen)
        return values

    variables = [*objective.generator.variables, *discriminator.variables]
    values = traced(step, toy.images()[:8], variables=variables)
    assert seen == {"judging": {precision.removeprefix("mixed_")}, "penalty": {"float32"}}
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


def two_outputs():
    """A long and a short way, each with its own last weights and a layer without weights after them."""
    inputs = layers.Input((3,))
    shared = layers.Dense(4, name="shared")(inputs)
    long = layers.Dense(4, name="middle")(layers.ReLU(name="relu")(shared))
    long = layers.Activation("tanh", name="long")(layers.Dense(2, name="long_end")(long))
    short = layers.Activation("tanh", name="short")(layers.Dense(2, name="short_end")(shared))
    return keras.Model(inputs, [long, short])


def test_the_last_weights_of_each_output_are_exact():
    copy = copy_for_training(two_outputs(), "mixed_bfloat16")
    computing = {layer.name: layer.compute_dtype for layer in copy.layers if layer.weights or layer.name[0] in "lrs"}
    halves = {name for name, kind in computing.items() if kind == "bfloat16"}
    assert halves == {"shared", "middle", "relu"}
    assert computing.keys() - halves == {"long_end", "long", "short_end", "short"}
    assert [output.dtype for output in copy(np.ones((1, 3), np.float32))] == ["float32"] * 2


def test_with_one_output_all_before_the_last_weights_is_in_16_bits():
    inputs = layers.Input((3,))
    bypass = layers.ReLU(name="bypass")(inputs)
    network = keras.Model(inputs, layers.Add(name="sum")([bypass, layers.Dense(3, name="end")(bypass)]))
    copy = copy_for_training(network, "mixed_bfloat16")
    exact = {layer.name for layer in copy.layers if layer.compute_dtype == "float32"}
    assert exact == {"end", "sum"}


@pytest.mark.first_case
@pytest.mark.slow
@HALVES
def test_interrupted_equals_uninterrupted_in_16_bits(tmp_path, precision):
    store = CheckpointStore(tmp_path / "checkpoints")
    settings = {"precision": precision, "steps": 8, "penalties": [{"name": "r1", "weight": 1.0, "interval": 2}]}
    with pytest.raises(KeyboardInterrupt):
        train(DyingStore(store.folder, 3), checkpoint_every_steps=1, **settings)
    trained = train(store, **settings)
    assert_equal(outcome(trained), outcome(train(**settings)))
    assert {layer.compute_dtype for layer in trained.generator.layers} == {"float32"}
    assert all(np.isfinite(values).all() for values in trained.result.logs.values())
