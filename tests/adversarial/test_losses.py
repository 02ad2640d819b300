import math

import numpy as np
import pytest
import tensorflow as tf

from gan_pipelines.adversarial.losses import NonSaturating, build_loss
from gan_pipelines.adversarial.parameters import LABELS, AdversarialTrainingParameters, LabelParameters
from gan_pipelines.training.tensorflow_backend import Key

LN2 = math.log(2)
LN3 = math.log(3)
HARD, SMOOTHED, ONE_SIDED = LABELS["hard"], LABELS["smoothed"], LABELS["one_sided"]

# Logits of a real and a generated sample; the discriminator's and the generator's loss, computed by hand.
TABLE = [
    (HARD, 0.0, 0.0, 2 * LN2, LN2),
    (HARD, LN3, -LN3, 2 * math.log(4 / 3), math.log(4)),
    (HARD, -LN3, LN3, 2 * math.log(4), math.log(4 / 3)),
    (ONE_SIDED, LN3, -LN3, 2 * math.log(4 / 3) + 0.1 * LN3, math.log(4)),
    (SMOOTHED, LN3, -LN3, 2 * math.log(4 / 3) + 0.2 * LN3, math.log(4)),
    (HARD, 200.0, -200.0, 0.0, 200.0),
    (HARD, -200.0, 200.0, 400.0, 0.0),
]


def key(step=0):
    return Key(seed=0, step=tf.constant(step, tf.int64))


@pytest.mark.parametrize(("labels", "real", "generated", "discriminator_loss", "generator_loss"), TABLE)
def test_non_saturating(labels, real, generated, discriminator_loss, generator_loss):
    loss = NonSaturating(labels)
    real_logits, generated_logits = np.array([[real]], np.float32), np.array([[generated]], np.float32)
    assert float(loss.discriminator(real_logits, generated_logits, key())[0]) == pytest.approx(
        discriminator_loss, abs=1e-5
    )
    assert float(loss.generator(generated_logits)[0]) == pytest.approx(generator_loss, abs=1e-5)


def test_losses_are_per_sample():
    loss = build_loss(AdversarialTrainingParameters(labels="one_sided"))
    logits = np.zeros((5, 1), np.float32)
    assert loss.discriminator(logits, logits, key()).shape == (5,)
    assert loss.generator(logits).shape == (5,)
    assert float(loss.discriminator(logits, logits, key())[0]) == pytest.approx(2 * LN2)


def targets(labels, step=0, samples=2000):
    """What the targets of real and of generated samples were, from losses at logits of 1: softplus(1) - target."""
    ones, zeros = np.ones((samples, 1), np.float32), np.zeros((samples, 1), np.float32)
    loss = NonSaturating(labels)
    real = math.log(1 + math.e) + LN2 - np.asarray(loss.discriminator(ones, zeros, key(step)))
    generated = math.log(1 + math.e) + LN2 - np.asarray(loss.discriminator(zeros, ones, key(step)))
    return real, generated


def test_random_labels_fill_their_ranges_and_no_more():
    real, generated = targets(LABELS["random"])
    for values, low, high in ((real, 0.8, 1.0), (generated, 0.0, 0.3)):
        assert low - 1e-5 <= values.min() < low + 0.01
        assert high - 0.01 < values.max() <= high + 1e-5
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.01)
    assert abs(np.corrcoef(real, generated)[0, 1]) < 0.1


def test_random_labels_depend_on_the_step_and_on_nothing_else():
    labels = LabelParameters(real=[0.5, 1.0], generated=[0.0, 0.5])
    assert np.array_equal(targets(labels)[0], targets(labels)[0])
    assert not np.array_equal(targets(labels)[0], targets(labels, step=1)[0])
