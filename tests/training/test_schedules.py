import keras
import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.training.engine import build_optimizer
from gan_pipelines.training.parameters import (
    AdamParameters,
    LearningRateScheduleParameters,
    RMSpropParameters,
    SGDParameters,
)
from gan_pipelines.training.schedules import learning_rate_factor

LINEAR = {"name": "linear", "decay_examples": 1000, "final_factor": 0.2}
COSINE = {"name": "cosine", "decay_examples": 1000, "final_factor": 0.2}

# Examples seen, and the share of the rate that is left, computed by hand.
TABLE = [
    (LINEAR, 0, 1.0),
    (LINEAR, 500, 0.6),
    (LINEAR, 1000, 0.2),
    (LINEAR, 5000, 0.2),
    (COSINE, 0, 1.0),
    (COSINE, 250, 0.2 + 0.8 * (1 + 2**-0.5) / 2),
    (COSINE, 500, 0.6),
    (COSINE, 1000, 0.2),
    (COSINE, 5000, 0.2),
    (LINEAR | {"warmup_examples": 100}, 50, 0.96 / 2),
    (LINEAR | {"warmup_examples": 100}, 500, 0.6),
    (LINEAR | {"hold_examples": 600}, 600, 1.0),
    (LINEAR | {"hold_examples": 600}, 800, 0.6),
    (LINEAR | {"hold_examples": 600}, 1000, 0.2),
    ({"name": "constant", "warmup_examples": 100}, 25, 0.25),
    ({"name": "constant", "warmup_examples": 100}, 200, 1.0),
]


def network():
    inputs = keras.layers.Input((2,))
    return keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(inputs))


@pytest.mark.parametrize(("parameters", "examples", "share"), TABLE)
def test_shares(parameters, examples, share):
    found = learning_rate_factor(LearningRateScheduleParameters.model_validate(parameters), np.float32(examples))
    assert float(found) == pytest.approx(share, abs=1e-6)


def test_an_optimizer_counts_the_examples_of_its_updates():
    schedule = LearningRateScheduleParameters(name="linear", decay_examples=64)
    optimizer = build_optimizer(SGDParameters(name="sgd", learning_rate=0.8, schedule=schedule), network(), 16)
    rates = []
    for _ in range(5):
        rates.append(float(optimizer.learning_rate))
        optimizer.apply([np.zeros((2, 1), np.float32)])
    assert rates == pytest.approx([0.6, 0.4, 0.2, 0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ({"name": "cosine"}, "'cosine' needs `decay_examples`"),
        (LINEAR | {"hold_examples": 1000}, "`hold_examples` is 1000, but the decay ends at `decay_examples` 1000"),
        ({"name": "constant", "decay_examples": 5}, "'constant' has no decay, but `decay_examples` is 5"),
    ],
)
def test_a_schedule_says_where_it_falls(schedule, message):
    with pytest.raises(ValidationError, match=message):
        LearningRateScheduleParameters.model_validate(schedule)


def test_gradients_are_shortened_together():
    """The gradient (3, 4) is five long; shortened to 1 it is (0.6, 0.8)."""
    dense = network()
    dense.set_weights([np.zeros((2, 1), np.float32)])
    optimizer = build_optimizer(SGDParameters(name="sgd", learning_rate=1.0, clip_norm=1.0), dense, 1)
    optimizer.apply([np.array([[3.0], [4.0]], np.float32)])
    assert dense.get_weights()[0].ravel() == pytest.approx([-0.6, -0.8])


def test_rmsprop_divides_by_the_running_magnitude():
    """After one gradient of 2 the mean square is 0.1 * 4: the step is 0.5 * 2 / sqrt(0.4)."""
    dense = network()
    dense.set_weights([np.zeros((2, 1), np.float32)])
    optimizer = build_optimizer(RMSpropParameters(name="rmsprop", learning_rate=0.5), dense, 1)
    optimizer.apply([np.array([[2.0], [0.0]], np.float32)])
    assert dense.get_weights()[0].ravel() == pytest.approx([-1 / 0.4**0.5, 0], rel=1e-4)


def test_without_a_schedule_the_rate_stays():
    assert float(build_optimizer(AdamParameters(learning_rate=0.25), network(), 8).learning_rate) == 0.25
