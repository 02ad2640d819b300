import math

import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.player_training import ALTERNATING, SIMULTANEOUS
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.backend import Key, random_tensor
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.engine import Engine, Phase, Player, WeightEMA, build_optimizer, network_digest
from gan_pipelines.training.parameters import AdamParameters, SGDParameters
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from tests import toy
from tests.backends import BACKEND, JIT_CHOICES, compile_steps, step_number

ADAM = AdamParameters(learning_rate=1e-2, beta_1=0.5)
DATA = {"samples": toy.images()}
ORDER = BatchOrder(examples=40, batch_size=8, batches_per_step=1, seed=0)


def make_engine(phases=SIMULTANEOUS, seed=0, average=False):
    generator, discriminator = toy.generator(), toy.discriminator()
    players = [
        Player("generator", generator, build_optimizer(ADAM, generator, 8)),
        Player("discriminator", discriminator, build_optimizer(SGDParameters(name="sgd"), discriminator, 8)),
    ]
    averages = {"generator": WeightEMA(generator, 0.9)} if average else {}
    objective = AdversarialObjective(generator, discriminator, NonSaturating())
    return Engine(players, phases, objective, seed, averages)


def run_one_step(engine, batches, logged=None):
    """Returns the numbers of a step on batches ``(batches, batch, ...)``, or some of them."""
    shape = batches.shape[:2]
    steps = compile_steps(engine, {"samples": batches.reshape(-1, *batches.shape[2:])}, shape, logged=logged)
    indices = np.arange(math.prod(shape), dtype=np.int32).reshape(1, *shape)
    return {name: float(values[0]) for name, values in steps(0, indices).items()}


def moved(before, after):
    """Names of the players whose trainable weights or optimizers changed."""
    return {
        path.split("/")[0]
        for path in before
        if not np.array_equal(before[path], after[path]) and "moving" not in path and "draws" not in path
    }


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        ((Phase(("discriminator",)),), {"discriminator"}),
        ((Phase(("generator",)),), {"generator"}),
        (SIMULTANEOUS, {"discriminator", "generator"}),
        (ALTERNATING, {"discriminator", "generator"}),
    ],
)
def test_each_phase_moves_its_own_players_and_only_those(phases, expected):
    engine = make_engine(phases)
    before = engine.state()
    run_one_step(engine, DATA["samples"][None, :8], [f"{player}_loss" for player in phases[0].players])
    assert moved(before, engine.state()) == expected


def test_a_step_is_what_the_formulas_say():
    """One SGD step of a one-weight critic against the derivative by hand: d/dw of softplus(-wx) + softplus(wg)."""
    pixels = keras.layers.Input((1,))
    discriminator = keras.Model(pixels, keras.layers.Dense(1, use_bias=False)(pixels))
    discriminator.set_weights([np.array([[0.5]], np.float32)])
    latent = keras.layers.Input((1,))
    generator = keras.Model(latent, keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")(latent))
    sgd = SGDParameters(name="sgd", learning_rate=0.1)
    players = [
        Player("generator", generator, build_optimizer(sgd, generator, 8)),
        Player("discriminator", discriminator, build_optimizer(sgd, discriminator, 8)),
    ]
    engine = Engine(players, SIMULTANEOUS, AdversarialObjective(generator, discriminator, NonSaturating()), seed=0)
    logs = run_one_step(engine, np.array([[[2.0]]], np.float32))
    # Real x = 2, generated g = 1, w = 0.5.
    gradient = -2 / (1 + np.exp(1.0)) + 1 / (1 + np.exp(-0.5))
    assert discriminator.get_weights()[0].item() == pytest.approx(0.5 - 0.1 * gradient, abs=1e-6)
    assert logs["discriminator_loss"] == pytest.approx(np.log1p(np.exp(-1.0)) + np.log1p(np.exp(0.5)), abs=1e-6)
    # The generator's bias b makes g = b: d/db softplus(-w b) = -w / (1 + exp(w b)).
    assert generator.get_weights()[1].item() == pytest.approx(1 + 0.1 * 0.5 / (1 + np.exp(0.5)), abs=1e-6)
    assert logs["real_accuracy"] == 1.0
    assert logs["generated_accuracy"] == 0.0


def test_repeats_take_one_batch_each():
    engine = make_engine((Phase(("discriminator",), repeats=3), Phase(("generator",))))
    assert engine.batches_per_step == 3
    run_one_step(engine, DATA["samples"][:24].reshape(3, 8, 4, 4, 1))
    assert engine.state()["discriminator/optimizer/sgd/iteration"] == 3
    assert engine.state()["generator/optimizer/adam/iteration"] == 1


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_step_on_photos_gives_the_same_bits_every_time():
    """Gradients that meet three at a time, as in batch normalisation, once were added in the order of the threads.

    Only long operations showed it: of twelve such steps ten had other bits than the first.
    """
    networks = build_networks(NetworksParameters(architecture="photo_upsampling"), (96, 96, 3), seed=0)
    names = ("generator", "discriminator")
    players = [
        Player(name, network, build_optimizer(ADAM, network, 8)) for name, network in zip(names, networks, strict=True)
    ]
    engine = Engine(players, SIMULTANEOUS, AdversarialObjective(*networks, NonSaturating()), seed=0)
    photos = np.random.default_rng(0).uniform(-1, 1, (8, 96, 96, 3)).astype(np.float32)
    steps = compile_steps(engine, {"samples": photos})
    start, ends = engine.state(), []
    for _ in range(8 if BACKEND == "tensorflow" else 3):  # such steps take long on JAX
        engine.restore(start)
        steps(0, np.arange(8, dtype=np.int32).reshape(1, 1, 8))
        ends.append(engine.state())
    differing = {path for end in ends for path in end if not np.array_equal(end[path], ends[0][path])}
    assert differing == set()


@pytest.mark.parametrize("jit", JIT_CHOICES)
def test_chunks_of_any_length_give_the_same_bits(jit):
    states, logs = [], []
    for chunks in ([6], [1, 2, 3]):
        engine = make_engine(average=True)
        steps, done, parts = compile_steps(engine, DATA, jit=jit), 0, []
        for chunk in chunks:
            parts.append(steps(done, ORDER.indices(done, chunk)))
            done += chunk
        states.append(engine.state())
        logs.append({name: np.concatenate([part[name] for part in parts]) for name in engine.logged})
    assert all(np.array_equal(states[0][path], states[1][path]) for path in states[0])
    assert all(np.array_equal(logs[0][name], logs[1][name]) for name in logs[0])
    assert len(logs[0]["generator_loss"]) == 6


def test_another_seed_gives_another_result():
    losses = []
    for seed in (0, 1):
        engine = make_engine(seed=seed)
        losses.append(compile_steps(engine, DATA)(0, ORDER.indices(0, 2))["generator_loss"])
    assert not np.array_equal(*losses)


def test_steps_end_at_the_first_number_that_is_not_finite():
    engine = make_engine()
    poisoned = toy.images()
    poisoned[ORDER.indices(3, 1)[0, 0, 0]] = np.nan
    steps = compile_steps(engine, {"samples": poisoned})
    logs = steps(0, ORDER.indices(0, 5))
    assert len(logs["discriminator_loss"]) == 4
    assert np.isnan(logs["discriminator_loss"][-1])


def test_a_stop_keeps_further_steps_from_running():
    engine = make_engine()
    steps = compile_steps(engine, DATA)
    steps.stop()
    assert len(steps(0, ORDER.indices(0, 5))["generator_loss"]) == 0


def test_noise_depends_on_seed_stream_scope_and_step():
    def draw(seed=0, step=0, stream="latents", scope=""):
        return tuple(np.asarray(random_tensor(Key(seed, step_number(step), scope), stream, (4,))))

    assert draw() == draw()
    drawn = [draw(), draw(seed=1), draw(step=1), draw(stream="other"), draw(scope="phase 1")]
    assert len(set(drawn)) == 5


def test_an_average_starts_equal_and_follows():
    network = toy.generator()
    average = WeightEMA(network, decay=0.5)
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), average.network.get_weights(), strict=True))
    before = np.array(network.trainable_variables[0])
    network.trainable_variables[0].assign(before + 1)
    network.non_trainable_variables[0].assign(network.non_trainable_variables[0] + 2)
    average.update(step_number(1000))
    assert np.allclose(average.network.trainable_variables[0], before + 0.5)
    assert np.array_equal(average.network.non_trainable_variables[0], network.non_trainable_variables[0])
    network.trainable_variables[0].assign(before)
    early = WeightEMA(network, decay=0.5)
    network.trainable_variables[0].assign(before + 1)
    early.update(step_number(0))  # (1 + 0) / (10 + 0) of the old value stays
    assert np.allclose(early.network.trainable_variables[0], before + 0.9)


def test_variables_have_the_same_paths_whatever_the_process_built_before():
    paths = list(make_engine(average=True).variables())
    toy.discriminator()
    keras.layers.Dropout(0.1)
    assert list(make_engine(average=True).variables()) == paths
    assert "discriminator/draws/0" in paths


def test_a_network_within_another_keeps_its_own_variables():
    def dense():
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="dense")])

    entry = keras.Input((2,))
    network = keras.Model(entry, keras.layers.Dense(2, name="dense")(dense()(entry)))
    engine = Engine([Player("only", network, build_optimizer(ADAM, network, 8))], [Phase(("only",))], None, seed=0)
    held = engine.variables().values()
    assert {id(variable) for variable in network.weights} <= {id(variable) for variable in held}
    assert {id(variable) for variable in engine._players["only"].optimizer.variables} <= {id(each) for each in held}


def test_a_state_of_other_variables_is_refused():
    engine = make_engine()
    with pytest.raises(ValueError, match="does not fit"):
        engine.restore({"other": np.zeros(1)})


def test_bfloat16_computes_in_bfloat16_and_exports_float32():
    network = toy.discriminator()
    copy = copy_for_training(network, "mixed_bfloat16")
    assert copy.layers[2].compute_dtype == "bfloat16"
    assert copy.layers[-1].compute_dtype == "float32"
    assert all(variable.dtype == "float32" for variable in copy.trainable_variables)
    exported = copy_for_export(copy)
    assert {layer.compute_dtype for layer in exported.layers} == {"float32"}
    assert network_digest(exported) == network_digest(network)
    assert network_digest(exported) != network_digest(toy.discriminator(seed=1))
