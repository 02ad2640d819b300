import math

import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.adversarial.losses import NonSaturating, build_loss
from gan_pipelines.adversarial.parameters import (
    LABEL_SMOOTHINGS,
    AdversarialTrainingParameters,
    LabelSmoothingParameters,
)
from gan_pipelines.training.backend import Key
from tests.backends import step_number

LN2 = math.log(2)
LN3 = math.log(3)
HARD, SMOOTHED, ONE_SIDED = LABEL_SMOOTHINGS["hard"], LABEL_SMOOTHINGS["smoothed"], LABEL_SMOOTHINGS["one_sided"]

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
    return Key(seed=0, step=step_number(step))


@pytest.mark.parametrize(("labels", "real", "generated", "discriminator_loss", "generator_loss"), TABLE)
def test_non_saturating(labels, real, generated, discriminator_loss, generator_loss):
    loss = NonSaturating(labels)
    real_logits, generated_logits = np.array([[real]], np.float32), np.array([[generated]], np.float32)
    assert float(loss.discriminator(real_logits, generated_logits, key())[0]) == pytest.approx(
        discriminator_loss, abs=1e-5
    )
    assert float(loss.generator(generated_logits)[0]) == pytest.approx(generator_loss, abs=1e-5)


def test_losses_are_per_sample():
    loss = build_loss(AdversarialTrainingParameters(label_smoothing="one_sided"))
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
    real, generated = targets(LABEL_SMOOTHINGS["random"])
    for values, low, high in ((real, 0.8, 1.0), (generated, 0.0, 0.3)):
        assert low - 1e-5 <= values.min() < low + 0.01
        assert high - 0.01 < values.max() <= high + 1e-5
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.01)
    assert abs(np.corrcoef(real, generated)[0, 1]) < 0.1


def test_random_labels_depend_on_the_step_and_on_nothing_else():
    labels = LabelSmoothingParameters(real=[0.5, 1.0], generated=[0.0, 0.5])
    assert np.array_equal(targets(labels)[0], targets(labels)[0])
    assert not np.array_equal(targets(labels)[0], targets(labels, step=1)[0])


LEAST_SQUARES = {"name": "least_squares"}
SYMMETRIC = {"name": "least_squares", "generated_target": -1.0, "real_target": 1.0, "generator_target": 0.0}

# Logits of a real and a generated sample; the discriminator's and the generator's loss, computed by hand.
OTHERS = [
    (LEAST_SQUARES, 1.0, 0.0, 0.0, 0.5),
    (LEAST_SQUARES, 3.0, -2.0, (4 + 4) / 2, 9 / 2),
    (SYMMETRIC, 3.0, -2.0, (4 + 1) / 2, 4 / 2),
    ({"name": "hinge"}, 0.5, -0.25, 0.5 + 0.75, 0.25),
    ({"name": "hinge"}, 2.0, -3.0, 0.0, 3.0),
    ({"name": "hinge"}, -2.0, 3.0, 3.0 + 4.0, -3.0),
    ({"name": "wasserstein"}, 2.5, -1.5, -4.0, 1.5),
    ({"name": "wasserstein"}, -1.0, 4.0, 5.0, -4.0),
    ({"name": "relativistic"}, LN3, 0.0, math.log(4 / 3), math.log(4)),
    ({"name": "relativistic"}, 5.0 + LN3, 5.0, math.log(4 / 3), math.log(4)),
    ({"name": "relativistic"}, 0.0, 200.0, 200.0, 0.0),
]


def made(loss):
    return build_loss(AdversarialTrainingParameters.model_validate({"loss": loss}))


@pytest.mark.parametrize(("parameters", "real", "generated", "discriminator_loss", "generator_loss"), OTHERS)
def test_other_losses(parameters, real, generated, discriminator_loss, generator_loss):
    loss = made(parameters)
    real_logits, generated_logits = np.array([[real]], np.float32), np.array([[generated]], np.float32)
    discriminator = loss.discriminator(real_logits, generated_logits, key())
    generator = loss.generator(generated_logits, real_logits if loss.needs_real_logits else None)
    assert discriminator.shape == generator.shape == (1,)
    assert float(discriminator[0]) == pytest.approx(discriminator_loss, abs=1e-5)
    assert float(generator[0]) == pytest.approx(generator_loss, abs=1e-5)


# Logits of real and of generated samples, and what the loss says of the game.
FIGURES = [
    (
        "non_saturating",
        [1.0, -1.0, 2.0, 3.0],
        [-1.0, 1.0, 2.0, 3.0],
        {"real_accuracy": 0.75, "generated_accuracy": 0.25},
    ),
    ("least_squares", [0.6, 0.4, 2.0, 3.0], [0.4, 0.4, 0.4, 0.6], {"real_accuracy": 0.75, "generated_accuracy": 0.75}),
    ("hinge", [1.0, -1.0, 2.0, 3.0], [-1.0, 1.0, 2.0, 3.0], {"real_accuracy": 0.75, "generated_accuracy": 0.25}),
    ("wasserstein", [1.0, 3.0], [-1.0, -2.0], {"wasserstein_estimate": 3.5}),
    ("relativistic", [-5.0, 1.0, 2.0, 9.0], [-6.0, 0.0, 3.0, 8.0], {"pair_accuracy": 0.75}),
]


@pytest.mark.parametrize(("name", "real", "generated", "expected"), FIGURES)
def test_metrics_say_how_the_game_stands(name, real, generated, expected):
    loss = made({"name": name})
    metrics = loss.compute_metrics(np.array(real, np.float32)[:, None], np.array(generated, np.float32)[:, None])
    assert loss.metric_names == tuple(metrics) == tuple(expected)
    assert {name: float(np.mean(values)) for name, values in metrics.items()} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        (
            {"loss": {"name": "hinge"}, "label_smoothing": "one_sided"},
            "`label_smoothing` applies to the loss 'non_saturating' only, but",
        ),
        ({"loss": {"name": "least_squares", "real_target": -1.0}}, "`real_target` must be the larger one"),
        (
            {"loss": {"name": "relativistic"}, "updates": "alternating", "generator_batch_size": 64},
            "pairs each generated sample with one of the 32 real samples",
        ),
        ({"discriminator_updates": 5}, "`discriminator_updates` is 5, but `updates` is 'simultaneous'"),
        ({"generator_updates": 2}, "`generator_updates` is 2, but `updates` is 'simultaneous'"),
        ({"penalties": [{"name": "r1", "weight": 1.0}] * 2}, "`penalties` names r1 more than once"),
        ({"augmentation": ["cutout", "contrast", "cutout"]}, "`augmentation` names cutout more than once"),
        (
            {"devices": "mirrored", "optimizers": {"generator": {"name": "adam", "clip_norm": 1.0}}},
            "`clip_norm` is given and `devices` is 'mirrored', but each replica would clip its own gradients",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(training, message):
    with pytest.raises(ValidationError, match=message):
        AdversarialTrainingParameters.model_validate(training)
