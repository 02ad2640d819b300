"""Networks that are told classes, trained like any others."""

import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.condition import ClassCondition
from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.sampling import cyclic_labels, generate
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from tests import toy
from tests.backends import step_number

LABELS = np.arange(40) % 2
TRAINING = {"steps": 4, "batch_size": 8, "checkpoint_every_steps": 2, "ema_decay": 0.9}


def dark_and_bright():
    """Images of class 0 are dark, of class 1 bright."""
    noise = np.random.default_rng(0).normal(0, 0.05, (40, *toy.IMAGE_SHAPE))
    return (np.where(LABELS == 0, -0.6, 0.6)[:, None, None, None] + noise).astype(np.float32)


def train(store=None, labels=LABELS, pair=None, **changes):
    parameters = AdversarialTrainingParameters.model_validate(TRAINING | changes)
    return train_gan(
        "Training", pair or toy.conditional_pair(), dark_and_bright(), parameters, labels=labels, store=store
    )


def weights(trained):
    return [*trained.generator.get_weights(), *trained.discriminator.get_weights(), *trained.result.logs.values()]


def assert_equal(first, second):
    assert len(first) == len(second)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


class Seeing:
    """A network that remembers what it was given."""

    def __init__(self, network):
        self._network = network
        self.inputs, self.layers = network.inputs, network.layers
        self.seen = []

    def __call__(self, inputs, training):
        self.seen.append([np.array(each) for each in inputs])
        return self._network(inputs, training=training)


def test_a_generated_sample_is_asked_to_be_of_the_class_of_a_real_one_and_judged_as_such():
    generator, discriminator = (Seeing(network) for network in toy.conditional_pair())
    objective = AdversarialObjective(generator, discriminator, NonSaturating(), condition=ClassCondition(2))
    labels = np.array([1, 1, 0, 1])
    real = dark_and_bright()[:4]
    batch = {"samples": keras.ops.convert_to_tensor(real), "labels": keras.ops.convert_to_tensor(labels)}
    outcome = objective(("discriminator", "generator"), batch, Key(0, step_number(0)))
    assert outcome.losses["generator"].shape == (4,)
    one_hot = np.eye(2)[labels]
    ((_, asked),) = generator.seen
    assert np.array_equal(asked, one_hot)
    (_, of_generated), (first, of_real) = discriminator.seen
    assert np.array_equal(of_generated, one_hot)
    assert np.array_equal(of_real, one_hot)
    assert np.array_equal(first, real)


def test_the_class_that_is_asked_for_is_learnt():
    adam = {"name": "adam", "learning_rate": 0.01}
    optimizers = {"generator": adam, "discriminator": adam}
    generator = train(steps=300, checkpoint_every_steps=300, optimizers=optimizers).generator
    drawn = generate(generator, np.random.default_rng(1).normal(size=(200, toy.LATENT_SIZE)).astype(np.float32))
    brightness = drawn.mean(axis=(1, 2, 3))
    asked = cyclic_labels(generator, 200)
    assert np.mean((brightness > 0) == asked) > 0.95


def test_labels_come_in_turn():
    assert cyclic_labels(toy.conditional_pair(classes=3)[0], 5).tolist() == [0, 1, 2, 0, 1]
    assert cyclic_labels(toy.generator(), 5) is None


def test_every_batch_of_samples_gets_its_own_labels():
    generator, _ = toy.conditional_pair()
    latents = np.zeros((600, toy.LATENT_SIZE), np.float32)
    drawn = generate(generator, latents)
    one_by_one = np.asarray(generator([latents[:2], np.eye(2, dtype=np.float32)]))
    np.testing.assert_allclose(drawn, np.tile(one_by_one, (300, 1, 1, 1)), atol=1e-6)
    assert np.abs(one_by_one[0] - one_by_one[1]).max() > 1e-3


def test_images_without_labels_are_refused():
    with pytest.raises(UserError, match=r"take the class.*no classes.*images\.source"):
        train(labels=None)


def test_a_class_that_the_networks_do_not_know_is_refused():
    with pytest.raises(UserError, match="take classes 0 to 1, but some images have class 5"):
        train(labels=np.full(40, 5))


def test_networks_without_classes_leave_labels_unread():
    pairs = [(toy.generator(), toy.discriminator()) for _ in range(2)]
    assert_equal(
        *(weights(train(labels=labels, pair=pair)) for labels, pair in zip((None, LABELS), pairs, strict=True))
    )


@pytest.mark.first_case
@pytest.mark.parametrize("updates", ["simultaneous", "alternating"])
def test_interrupted_equals_uninterrupted(tmp_path, updates):
    store = CheckpointStore(tmp_path / "checkpoints")
    train(store, steps=2, updates=updates)
    resumed = train(store, updates=updates)
    assert resumed.result.resumed_at == (2,)
    assert_equal(weights(resumed), weights(train(updates=updates)))


def test_other_labels_are_another_configuration(tmp_path):
    store = CheckpointStore(tmp_path / "checkpoints")
    train(store, steps=2)
    with pytest.raises(UserError, match=r"real labels \(content\)"):
        train(store, labels=1 - LABELS)


def test_penalties_normalisation_and_augmentation_take_classes_too():
    parameters = AdversarialTrainingParameters.model_validate(
        TRAINING
        | {
            "loss": {"name": "relativistic"},
            "penalties": [{"name": "gradient_penalty"}, {"name": "r1", "weight": 1.0, "interval": 2}],
            "augmentation": ["brightness", "cutout"],
        }
    )
    pair = toy.conditional_pair()
    trained = train_gan("Training", pair, dark_and_bright(), parameters, labels=LABELS, spectral_normalization=True)
    assert np.isfinite(trained.result.logs["gradient_penalty"]).all()
    assert [len(network.inputs) for network in (trained.generator, trained.discriminator)] == [2, 2]
    assert trained.result.logs["r1_penalty"][1] == 0 < trained.result.logs["r1_penalty"][0]
