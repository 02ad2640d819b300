import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.sampling import draw_latents
from gan_pipelines.training.backend import Key
from tests import toy
from tests.backends import step_number

KEY = Key(seed=0, step=step_number(0))


class Seeing:
    """A network that remembers what it was given."""

    def __init__(self, network):
        self._network = network
        self.inputs = network.inputs
        self.seen = []

    def __call__(self, inputs, training):
        self.seen.append(np.array(inputs))
        return self._network(inputs, training=training)


def outcome(players, **options):
    generator, discriminator = Seeing(toy.generator()), toy.discriminator()
    objective = AdversarialObjective(generator, discriminator, NonSaturating(), **options)
    return objective(players, {"samples": keras.ops.convert_to_tensor(toy.images()[:8])}, KEY), generator.seen


@pytest.mark.parametrize(("players", "latents"), [(("generator",), 20), (("discriminator",), 8)])
def test_an_update_of_the_generator_alone_may_take_more_latents(players, latents):
    result, (drawn,) = outcome(players, generator_batch_size=20)
    assert len(drawn) == latents
    assert [loss.shape for loss in result.losses.values()] == [(latents,)]


def test_a_device_with_half_of_a_batch_draws_half_of_the_latents():
    _, (drawn,) = outcome(("generator",), generator_batch_size=20, batch_size=16)
    assert len(drawn) == 10


def test_both_learn_from_the_same_samples_when_updated_at_once():
    result, seen = outcome(("discriminator", "generator"))
    assert len(seen) == 1
    assert result.losses.keys() == {"discriminator", "generator"}


@pytest.mark.parametrize(("distribution", "low", "high"), [("uniform", -1, 1), ("normal", -9, 9)])
def test_latents_follow_their_distribution(distribution, low, high):
    _, (drawn,) = outcome(("generator",), latent_distribution=distribution, generator_batch_size=5000)
    sampled = draw_latents(toy.generator(), 5000, distribution, 0, "test")
    expected = 1 / 3 if distribution == "uniform" else 1
    for values in (drawn, sampled):
        assert low <= values.min() < values.max() <= high
        assert values.dtype == np.float32
        assert values.mean() == pytest.approx(0, abs=0.03)
        assert values.var() == pytest.approx(expected, abs=0.04)
