"""Training of translators: pairs move alike, the pool remembers, and interrupted equals uninterrupted."""

import json

import numpy as np
import pytest
from keras import layers, ops

from gan_pipelines.adversarial.image_pool import ImagePool
from gan_pipelines.adversarial.jitter import Jitter
from gan_pipelines.adversarial.losses import LeastSquares, NonSaturating
from gan_pipelines.adversarial.paired_translation import PairedTranslation
from gan_pipelines.adversarial.translation_parameters import (
    CycleParameters,
    PairedTrainingParameters,
    PretrainingParameters,
    UnpairedTrainingParameters,
)
from gan_pipelines.adversarial.translation_training import pretrain, train_paired, train_unpaired
from gan_pipelines.adversarial.unpaired_translation import UnpairedTranslation
from gan_pipelines.networks.translation import build_unpaired
from gan_pipelines.networks.translation_parameters import UnpairedNetworksParameters
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from tests.backends import BACKEND, run_python

SHAPE = (4, 4, 1)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (12, *SHAPE)).astype(np.float32)
DOMAINS = np.repeat([0, 1], 6)


def constant(factor, inputs=1):
    """A model that multiplies its last input by a factor, without other weights."""
    kernel = keras.initializers.Constant(factor)
    entries = [layers.Input(SHAPE) for _ in range(inputs)]
    return keras.Model(entries, layers.Conv2D(1, 1, kernel_initializer=kernel)(entries[-1]))


def joint(first, second):
    """A model of two domains that multiplies each by a factor."""
    entries = [layers.Input(SHAPE) for _ in range(2)]
    factors = [keras.initializers.Constant(factor) for factor in (first, second)]
    pairs = zip(entries, factors, strict=True)
    return keras.Model(entries, [layers.Conv2D(1, 1, kernel_initializer=factor)(entry) for entry, factor in pairs])


def key(step=0):
    return Key(0, ops.convert_to_tensor(step, dtype="int64"))


def array(tensor):
    return np.asarray(tensor, np.float64)


def softplus(x):
    return np.log1p(np.exp(x))


def test_a_pair_is_shifted_and_mirrored_alike_at_every_scale():
    small = np.random.default_rng(1).uniform(-1, 1, (8, 6, 6, 3)).astype(np.float32)
    large = small.repeat(4, axis=1).repeat(4, axis=2)
    moved = [np.asarray(each) for each in Jitter(2, flip=True)([small, large], key())]
    assert np.allclose(moved[0].repeat(4, axis=1).repeat(4, axis=2), moved[1])
    assert not np.allclose(moved[0], small)
    assert set(np.unique(moved[0])) <= set(np.unique(small)), "edges are repeated, nothing is filled in"


def test_no_jitter_changes_nothing():
    assert Jitter()([IMAGES], key())[0] is IMAGES


def test_a_pool_keeps_until_it_is_full_and_then_exchanges_half_of_the_pictures():
    pool = ImagePool(size=4, batch_size=2, image_shape=SHAPE)
    shown = []
    for step in range(200):
        pictures = np.full((2, *SHAPE), step, np.float32) + np.array([0, 1000], np.float32)[:, None, None, None]
        shown.append(np.asarray(pool.exchange(pictures, key(step)))[:, 0, 0, 0])
    shown = np.array(shown)
    assert np.array_equal(shown[:2, 0], [0, 1])
    is_new = shown == np.arange(200)[:, None] + [0, 1000]
    assert 0.4 < is_new[2:].mean() < 0.6
    assert (shown[:, 0] < 1000).all(), "each place of a batch has pictures of its own"
    assert (shown[:, 1] >= 1000).all()


def test_a_paired_translator_is_held_to_the_truth_and_the_discriminator_sees_both():
    objective = PairedTranslation(
        constant(0.5), constant(2.0, inputs=2), NonSaturating(), adversarial_weight=3.0, reconstruction_weight=7.0
    )
    source, target = IMAGES[:2], IMAGES[2:4]
    batch = {"source": ops.convert_to_tensor(source), "target": ops.convert_to_tensor(target)}
    result = objective(("discriminator", "generator"), batch, key())
    logits, real = 2 * 0.5 * source.astype(float), 2 * target.astype(float)
    distance = np.abs(0.5 * source - target).mean(axis=(1, 2, 3))
    expected = 3 * softplus(-logits).mean(axis=(1, 2, 3)) + 7 * distance
    assert np.allclose(array(result.losses["generator"]), expected, atol=1e-5)
    expected = (softplus(-real) + softplus(logits)).mean(axis=(1, 2, 3))
    assert np.allclose(array(result.losses["discriminator"]), expected, atol=1e-5)
    assert set(result.metrics) == set(objective.metric_names)
    assert np.allclose(array(result.metrics["real_accuracy"]), (real > 0).mean(axis=(1, 2, 3)), atol=1e-6)


@pytest.mark.parametrize("factors", [[3.0], [3.0, 2.0]])
def test_features_of_one_or_more_convolutions_are_compared(factors):
    networks = [constant(factor) for factor in factors]
    pixels = layers.Input(SHAPE)
    content = keras.Model(pixels, [network(pixels) for network in networks])
    objective = PairedTranslation(constant(0.5), constant(2.0, inputs=2), NonSaturating(), content_network=content)
    source, target = IMAGES[:2], IMAGES[2:4]
    batch = {"source": ops.convert_to_tensor(source), "target": ops.convert_to_tensor(target)}
    found = array(objective(("generator",), batch, key()).metrics["content"])
    distance = np.square(0.5 * source - target).mean(axis=(1, 2, 3))
    assert np.allclose(found, sum(factor**2 for factor in factors) * distance, atol=1e-4)


@pytest.mark.parametrize("step", [0, 5])
def test_two_translators_close_cycles_and_keep_what_is_of_their_domain_already(step):
    objective = UnpairedTranslation(
        joint(0.5, 2.0),
        joint(1.0, 3.0),
        LeastSquares(0.0, 1.0, 1.0),
        adversarial_weight=2.0,
        cycle=CycleParameters(weight=10, early_weight=1, early_steps=5),
        identity_weight=5.0,
    )
    batch = np.empty((4, *SHAPE), np.float32)
    batch[0::2], batch[1::2] = a, b = IMAGES[:2], 0.5 * IMAGES[2:4]
    result = objective(("discriminator", "generator"), {"samples": batch}, key(step))

    def mean(values):
        return np.asarray(values, float).mean(axis=(1, 2, 3))

    in_b, in_a = 0.5 * a, 2.0 * b
    adversarial = mean((in_a - 1) ** 2 / 2) + mean((3 * in_b - 1) ** 2 / 2)
    identity = mean(np.abs(0.5 * b - b)) + mean(np.abs(2.0 * a - a))
    cycle = mean(np.abs(2.0 * in_b - a)) + mean(np.abs(0.5 * in_a - b))
    expected = 2 * adversarial + (1 if step < 5 else 10) * cycle + 5 * identity
    assert np.allclose(array(result.losses["generator"]), expected, atol=1e-4)
    expected = (mean((a - 1) ** 2) + mean(in_a**2) + mean((3 * b - 1) ** 2) + mean((3 * in_b) ** 2)) / 2
    assert np.allclose(array(result.losses["discriminator"]), expected, atol=1e-4)


def test_the_discriminator_is_shown_earlier_translations():
    pools = ImagePool(1, 1, SHAPE), ImagePool(1, 1, SHAPE)
    objective = UnpairedTranslation(joint(1.0, 1.0), joint(1.0, 1.0), LeastSquares(0.0, 1.0, 1.0), pools=pools)
    losses = set()
    for step in range(6):
        batch = np.full((2, *SHAPE), step, np.float32)
        result = objective(("discriminator",), {"samples": batch}, key(step))
        losses.add(float(array(result.losses["discriminator"])[0]) == (step - 1) ** 2 + step**2)
    assert losses == {True, False}


TRAINING = {
    "steps": 6,
    "batch_size": 2,
    "checkpoint_every_steps": 2,
    "jitter": {"shift": 1, "flip": True},
    "preview": {"images": 1, "every_steps": 2},
    "ema_decay": 0.9,
}
UNPAIRED = {
    **TRAINING,
    "pool": 4,
    "identity_weight": 1,
    "optimizers": {
        "generator": {
            "name": "adam",
            "schedule": {"name": "linear", "hold_examples": 4, "decay_examples": 12},
        }
    },
}


def networks(build):
    keras.utils.clear_session(free_memory=False)  # names of layers are part of a checkpoint
    return build(0.5, 1.5) if build is joint else build(0.5), joint(1.0, 1.0) if build is joint else constant(1.0)


def preview(generator):
    return np.zeros((1, *SHAPE), np.uint8)


def paired(store, **changes):
    parameters = PairedTrainingParameters.model_validate(TRAINING | changes)
    data = {"source": IMAGES, "target": IMAGES[::-1].copy()}
    return train_paired("Training", networks(constant), data, parameters, preview, store=store)


def unpaired(store, **changes):
    parameters = UnpairedTrainingParameters.model_validate(UNPAIRED | changes)
    return train_unpaired("Training", networks(joint), IMAGES, DOMAINS, parameters, preview, store=store)


def pretrained(store, **changes):
    parameters = PretrainingParameters.model_validate(TRAINING | changes)
    data = {"source": IMAGES, "target": IMAGES[::-1].copy()}
    return pretrain("Pretraining", networks(constant)[0], data, parameters, preview, store=store)


@pytest.mark.parametrize("train", [paired, unpaired, pretrained])
def test_a_training_that_is_interrupted_ends_in_the_same_bits(train, tmp_path):
    whole = train(CheckpointStore(tmp_path / "whole"))
    train(CheckpointStore(tmp_path / "parts"), steps=4)
    resumed = train(CheckpointStore(tmp_path / "parts"))
    assert resumed.result.resumed_at == (4,)
    for name, network in whole.networks.items():
        pairs = zip(network.get_weights(), resumed.networks[name].get_weights(), strict=True)
        assert all(np.array_equal(first, second) for first, second in pairs)
    first, second = (CheckpointStore(tmp_path / name).latest().arrays for name in ("whole", "parts"))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[path], second[path]) for path in first)
    assert any("pool" in path for path in first) == (train is unpaired)


def test_features_of_real_pictures_and_translations_are_matched():
    parameters = UnpairedNetworksParameters.model_validate(
        {
            "generator": {"name": "encoder_decoder", "width": 2, "levels": 1},
            "discriminator": {"name": "whole_image", "width": 2, "layers": 2, "normalization": "none"},
        }
    )
    images = np.random.default_rng(2).uniform(-1, 1, (12, 8, 8, 1)).astype(np.float32)
    training = UnpairedTrainingParameters.model_validate(
        {"steps": 2, "batch_size": 2, "updates": "alternating", "generator_updates": 2, "matching_weight": 0.9}
    )
    trained = train_unpaired("Training", build_unpaired(parameters, (8, 8, 1), 0), images, DOMAINS, training, preview)
    assert (trained.result.logs["matching"] > 0).all()
    assert len(trained.discriminator.outputs) == 2


ON_TWO_DEVICES = """
import json
import sys
import numpy as np
from pathlib import Path
from gan_pipelines.training.checkpoint import CheckpointStore
from tests.adversarial.test_translation_training import paired, unpaired
from tests.training.two_devices import see_two_devices

see_two_devices()


def weights(train, folder, **changes):
    networks = train(CheckpointStore(Path(sys.argv[1]) / folder), **changes).networks
    return np.concatenate([values.ravel() for network in networks.values() for values in network.get_weights()])


found = {}
for train in (paired, unpaired):
    whole = weights(train, f"{train.__name__} whole", devices="mirrored")
    weights(train, f"{train.__name__} parts", devices="mirrored", steps=4)
    resumed = weights(train, f"{train.__name__} parts", devices="mirrored")
    alone = weights(train, f"{train.__name__} one", devices="cpu")
    found[train.__name__] = [bool(np.array_equal(whole, resumed)), float(np.abs(whole - alone).max())]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_two_devices_train_a_translator_and_resume_exactly(tmp_path):
    found = json.loads(run_python(ON_TWO_DEVICES, tmp_path).splitlines()[-1])
    assert found.keys() == {"paired", "unpaired"}
    for is_resumed_exactly, difference_to_one_device in found.values():
        assert is_resumed_exactly
        # Replicas of TensorFlow draw their own jitter.
        assert difference_to_one_device < (1e-6 if BACKEND == "jax" else 1e-2)
