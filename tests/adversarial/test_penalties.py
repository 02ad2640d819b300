import math
import threading

import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.losses import Wasserstein
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.penalties import GradientPenalty, ZeroCentredPenalty, build_penalties
from gan_pipelines.training.backend import Key, input_gradient
from gan_pipelines.training.engine import Engine, Phase, Player, build_optimizer
from gan_pipelines.training.parameters import SGDParameters
from tests import toy
from tests.backends import JIT_CHOICES, compile_steps, gradient, only_on_tensorflow, step_number, traced

REAL = np.array([[3.0, 4.0], [0.0, 1.0]], np.float32)
GENERATED = np.array([[1.0, 2.0], [2.0, -1.0]], np.float32)


def key(step=0):
    return Key(seed=0, step=step_number(step))


def penalties_of(penalty, critic, real=REAL, generated=GENERATED, step=0):
    """Penalties and metrics, as arrays."""
    return traced(lambda real, generated: penalty(critic, real, generated, key(step)), real, generated)


def linear(points):
    """Its slope is (3, 4) everywhere, of length 5."""
    return keras.ops.matmul(points, np.array([[3.0], [4.0]], np.float32))


def square(points):
    """Half the squared distance from the origin: the slope is the point itself."""
    return keras.ops.sum(points**2, axis=1, keepdims=True) / 2


def test_slopes_away_from_one_are_penalised():
    values, metrics = penalties_of(GradientPenalty(weight=10.0), linear)
    assert values == pytest.approx([160, 160])
    assert metrics["gradient_norm"] == pytest.approx([5, 5])


def test_the_place_lies_between_the_pair_and_is_drawn_anew_each_step():
    real, generated = np.full((500, 2), 3.0, np.float32), np.full((500, 2), 1.0, np.float32)
    norms = [
        penalties_of(GradientPenalty(1.0), square, real, generated, step)[1]["gradient_norm"] for step in (0, 0, 1)
    ]
    shares = (norms[0] / np.sqrt(2) - 1) / 2
    assert 0 <= shares.min() < 0.02
    assert 0.98 < shares.max() <= 1
    assert shares.mean() == pytest.approx(0.5, abs=0.04)
    assert shares.var() == pytest.approx(1 / 12, abs=0.01)
    assert np.array_equal(norms[0], norms[1])
    assert not np.array_equal(norms[0], norms[2])


def test_a_flat_critic_has_a_penalty_whose_gradient_is_a_number():
    def penalty(weight):
        points = keras.ops.convert_to_tensor(REAL)
        values, _ = GradientPenalty(1.0)(lambda place: place[:, :1] * weight, points, points, key())
        return keras.ops.sum(values)

    assert np.isfinite(gradient(penalty, 0.0))


@pytest.mark.parametrize(("kind", "expected"), [("r1", [25 * 2, 1 * 2]), ("r2", [5 * 2, 5 * 2])])
def test_zero_centred_penalties_look_at_their_own_samples(kind, expected):
    """Half of gamma = 4 times the squared length of the point."""
    values, metrics = penalties_of(ZeroCentredPenalty(kind, weight=4.0), square)
    assert values == pytest.approx(expected)
    assert metrics == {}


def test_penalties_are_built_as_they_are_named():
    named = [{"name": "r2", "weight": 0.5}, {"name": "gradient_penalty", "interval": 4}]
    first, second = build_penalties(AdversarialTrainingParameters.model_validate({"penalties": named}))
    assert first == ZeroCentredPenalty("r2", 0.5)
    assert (first.name, second.name) == ("r2_penalty", "gradient_penalty")
    assert second == GradientPenalty(10.0, 4)


@pytest.mark.parametrize("jit", JIT_CHOICES)
def test_a_gradient_is_differentiated_again(jit):
    """d/dw of |d/dx (w x³)|² at x = 2, w = 0.5: (3 w x²)² has the derivative 18 w x⁴."""

    def squared_slope(weight):
        slope = input_gradient(lambda x: weight * x**3, keras.ops.convert_to_tensor([[2.0]]))
        return keras.ops.sum(slope**2)

    assert gradient(squared_slope, 0.5, jit=jit) == pytest.approx(18 * 0.5 * 16)


def one_weight_engine(penalties, learning_rate=0.1):
    """D(x) = w x with w = 2, and a generator that always draws 1."""
    pixels = keras.layers.Input((1,))
    discriminator = keras.Model(pixels, keras.layers.Dense(1)(pixels))
    discriminator.set_weights([np.array([[2.0]], np.float32), np.zeros(1, np.float32)])
    latent = keras.layers.Input((1,))
    generator = keras.Model(latent, keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")(latent))
    sgd = SGDParameters(name="sgd", learning_rate=learning_rate)
    players = [Player("discriminator", discriminator, build_optimizer(sgd, discriminator, 1))]
    objective = AdversarialObjective(generator, discriminator, Wasserstein(), penalties=penalties)
    return Engine(players, (Phase(("discriminator",)),), objective, seed=0), discriminator


@pytest.mark.parametrize("jit", JIT_CHOICES)
def test_a_lazy_penalty_counts_its_interval_at_its_steps_and_nothing_between(jit):
    """Real samples are 1 like the generated ones, so only the penalty moves w: R1 is gamma / 2 w², its slope gamma w.

    With gamma 0.5, rate 0.1 and interval 3, w loses 0.1 * 3 * 0.5 * w at steps 0 and 3, and nothing at steps 1 and 2.
    """
    engine, discriminator = one_weight_engine([ZeroCentredPenalty("r1", weight=0.5, interval=3)])
    steps = compile_steps(engine, {"samples": np.ones((1, 1), np.float32)}, (1, 1), jit)
    weights, penalties = [], []
    for step in range(4):
        penalties.append(float(steps(step, np.zeros((1, 1, 1), np.int32))["r1_penalty"][0]))
        weights.append(discriminator.get_weights()[0].item())
    assert penalties == pytest.approx([3 * 0.25 * 4.0, 0, 0, 3 * 0.25 * 1.7**2])
    assert weights == pytest.approx([1.7, 1.7, 1.7, 1.7 * 0.85])


def penalised_engine():
    generator, discriminator = toy.generator(), plain_discriminator()
    sgd = SGDParameters(name="sgd", learning_rate=0.05)
    players = [
        Player(name, network, build_optimizer(sgd, network, 8))
        for name, network in (("generator", generator), ("discriminator", discriminator))
    ]
    objective = AdversarialObjective(generator, discriminator, Wasserstein(), penalties=ALL)
    return Engine(players, (Phase(("discriminator", "generator")),), objective, seed=0)


def trained(jit, steps=6):
    engine = penalised_engine()
    compiled = compile_steps(engine, {"samples": toy.images()}, jit=jit)
    indices = np.arange(steps * 8, dtype=np.int32).reshape(steps, 1, 8) % 40
    return compiled(0, indices), engine.state()


def plain_discriminator():
    keras.utils.set_random_seed(4)
    pixels = keras.layers.Input(toy.IMAGE_SHAPE)
    x = keras.layers.LeakyReLU()(keras.layers.Conv2D(8, 3, padding="same")(pixels))
    x = keras.layers.LeakyReLU()(keras.layers.Conv2D(8, 3, strides=2, padding="same")(x))
    return keras.Model(pixels, keras.layers.Dense(1)(keras.layers.Flatten()(x)))


ALL = [GradientPenalty(10.0), ZeroCentredPenalty("r1", 1.0, interval=2), ZeroCentredPenalty("r2", 1.0, interval=4)]


@pytest.mark.exhaustive
@only_on_tensorflow
@pytest.mark.slow
def test_penalised_steps_agree_with_and_without_xla(monkeypatch):
    def not_drawn(*arguments):  # XLA draws other numbers
        shape = arguments[2]
        return keras.ops.reshape(keras.ops.sin(7.0 * keras.ops.arange(math.prod(shape), dtype="float32")), shape)

    for module in ("objective", "penalties"):
        monkeypatch.setattr(f"gan_pipelines.adversarial.{module}.random_tensor", not_drawn)
    (logs, state), (jit_logs, jit_state) = (trained(jit) for jit in (False, True))
    assert np.all(logs["gradient_norm"] > 0)
    for name, values in logs.items():
        assert values == pytest.approx(jit_logs[name], rel=1e-3, abs=1e-4), name
    for path, values in state.items():
        assert values == pytest.approx(jit_state[path], rel=1e-3, abs=1e-4), path


@pytest.mark.exhaustive
@pytest.mark.slow
def test_penalised_steps_give_the_same_bits_every_time_on_busy_cores():
    """TensorFlow's dependency optimizer once let biases be updated before a penalty had read them, now and then."""
    engine = penalised_engine()
    steps = compile_steps(engine, {"samples": toy.images()})
    start, ends, done = engine.state(), [], threading.Event()

    def keep_busy():
        matrix = np.ones((300, 300))
        while not done.is_set():
            matrix @ matrix

    workers = [threading.Thread(target=keep_busy) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        for _ in range(150):
            engine.restore(start)
            steps(0, np.arange(8, dtype=np.int32).reshape(1, 1, 8))
            ends.append(engine.state())
    finally:
        done.set()
        for worker in workers:
            worker.join()
    differing = {path for end in ends for path in end if not np.array_equal(end[path], ends[0][path])}
    assert differing == set()


@only_on_tensorflow
def test_no_sum_of_three_gradients_is_left_in_a_penalised_step():
    """Their order would depend on the threads; see `tensorflow_backend.PAIRWISE`."""
    import tensorflow as tf

    step = tf.function(penalised_engine().step, autograph=False)
    batch = {"samples": tf.constant(toy.images()[None, :8])}
    graph = step.get_concrete_function(step_number(0), batch).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    assert any(node.op in ("If", "StatelessIf") for node in nodes)
    assert max((len(node.input) for node in nodes if node.op == "AddN"), default=0) <= 2
