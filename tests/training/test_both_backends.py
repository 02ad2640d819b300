"""What one backend began, the other goes on with; and both compute the same."""

import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.penalties import GradientPenalty, ZeroCentredPenalty
from gan_pipelines.adversarial.player_training import ALTERNATING
from gan_pipelines.scores.metric_network import predict, train_metric_network
from gan_pipelines.scores.parameters import MetricNetworkParameters
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.engine import Engine, Player, WeightEMA, build_optimizer, network_digest
from gan_pipelines.training.parameters import AdamParameters, SGDParameters
from tests import toy
from tests.backends import BACKEND, compile_steps, run_python
from tests.scores.test_metric_network import bars
from tests.training.test_trainer import train

OTHER = {"tensorflow": "jax", "jax": "tensorflow"}[BACKEND]
IMAGES = toy.images()

WORK_OF_THE_OTHER = """
import sys
from pathlib import Path
import numpy as np
from gan_pipelines.training.checkpoint import CheckpointStore
from tests.training.test_both_backends import one_step, train_toys

folder = Path(sys.argv[1])
train_toys(CheckpointStore(folder / "checkpoints"), steps=5)
np.savez(folder / "step.npz", **one_step())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the other backend has left checkpoints of a training of five steps, and what one step gave."""
    folder = tmp_path_factory.mktemp("other")
    run_python(WORK_OF_THE_OTHER, folder, backend=OTHER)
    return folder


@pytest.fixture
def store(folder):
    return CheckpointStore(folder / "checkpoints")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_checkpoint_names_the_backend_that_wrote_it(store):
    environment = store.latest().record["environment"]
    assert environment["backend"] == OTHER
    packages = {"tensorflow", "jax", "jaxlib"} & environment.keys()
    assert packages == {"tensorflow": {"tensorflow"}, "jax": {"jax", "jaxlib"}}[OTHER]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_training_that_the_other_backend_finished_is_finished(store, caplog):
    caplog.set_level("INFO")
    trained = train_toys(store, steps=5)
    assert "already trained to step 5" in caplog.text
    assert trained.result.environment["backend"] == OTHER
    assert trained.result.is_exact
    kept = [values for path, values in store.latest().arrays.items() if path.startswith("state/generator/average")]
    assert sorted(map(np.sum, trained.generator.get_weights())) == sorted(map(np.sum, kept))


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_other_backends_training_goes_on_but_not_bit_for_bit(store, caplog):
    before = store.latest().arrays
    trained = train_toys(store, steps=7)
    assert "continues, but not bit for bit" in caplog.text
    assert f"backend: {OTHER!r} in the checkpoint, {BACKEND!r} now" in caplog.text
    assert trained.result.resumed_at == (5,)
    assert not trained.result.is_exact
    for name, values in trained.result.logs.items():
        assert len(values) == 7
        assert np.array_equal(values[:5], before[f"logs/{name}"])
        assert np.isfinite(values).all()
    after = store.latest().arrays
    assert after["state/generator/optimizer/adam/iteration"] == 7
    assert all(np.isfinite(values).all() for values in after.values())
    for path in (path for path in before if "/network/" in path and "moving" not in path):
        moved = np.abs(after[path] - before[path])
        assert 0 < moved.max() < 2e-3, path  # of two updates by Adam with a rate of 2e-4; a new start were far away


def with_weights_of_their_own(*networks):
    """Gives networks weights that no backend has drawn: from the same seed each draws others."""
    random = np.random.default_rng(5)
    for network in networks:
        network.set_weights([random.uniform(-0.5, 0.5, weight.shape) for weight in network.weights])
    return networks


def train_toys(store, steps):
    pair = with_weights_of_their_own(toy.generator(), toy.discriminator())
    normalisation = next(layer for layer in pair[0].layers if isinstance(layer, layers.BatchNormalization))
    normalisation.moving_variance.assign(np.ones(16))
    return train(store, pair=pair, steps=steps)


def test_a_metric_network_is_the_same_every_time():
    """Its training is not resumed but done again."""
    pixels, labels = bars()
    parameters = MetricNetworkParameters(epochs=6, batch_size=16)
    first, again = (train_metric_network("Metric network", pixels, labels, 2, parameters) for _ in range(2))
    assert network_digest(first) == network_digest(again)
    assert np.mean(predict(first, pixels).classes == labels) > 0.9


def plain_networks():
    """Without anything that draws."""
    keras.utils.clear_session(free_memory=False)
    latent, pixels = layers.Input((toy.LATENT_SIZE,)), layers.Input(toy.IMAGE_SHAPE)
    drawn = layers.Reshape(toy.IMAGE_SHAPE)(layers.Dense(16, activation="tanh")(latent))
    x = layers.LeakyReLU()(layers.Conv2D(6, 3, strides=2, padding="same")(pixels))
    judged = layers.Dense(1)(layers.Flatten()(x))
    return with_weights_of_their_own(keras.Model(latent, drawn), keras.Model(pixels, judged))


def fixed_noise(key, stream, shape, distribution="normal"):
    return keras.ops.reshape(keras.ops.sin(7.0 * keras.ops.arange(int(np.prod(shape)), dtype="float32")), shape)


def one_step():
    """Returns the numbers and the state that one step leaves, by name."""
    generator, discriminator = plain_networks()
    players = [
        Player("generator", generator, build_optimizer(AdamParameters(learning_rate=1e-2), generator, 8)),
        Player("discriminator", discriminator, build_optimizer(SGDParameters(name="sgd"), discriminator, 8)),
    ]
    penalties = [GradientPenalty(10.0), ZeroCentredPenalty("r1", 1.0, interval=2)]
    objective = AdversarialObjective(generator, discriminator, NonSaturating(), penalties=penalties)
    engine = Engine(players, ALTERNATING, objective, seed=0, averages={"generator": WeightEMA(generator, 0.9)})
    with pytest.MonkeyPatch.context() as patch:
        for module in ("objective", "penalties"):
            patch.setattr(f"gan_pipelines.adversarial.{module}.random_tensor", fixed_noise)
        logs = compile_steps(engine, {"samples": IMAGES})(0, np.arange(8, dtype=np.int32).reshape(1, 1, 8))
    return logs | engine.state()


@pytest.mark.slow
def test_a_step_gives_the_same_on_both_backends(folder):
    found = one_step()
    with np.load(folder / "step.npz") as expected:
        assert found.keys() == set(expected)
        assert found["r1_penalty"] > 0
        for name, values in found.items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-5, atol=1e-5, err_msg=name)
