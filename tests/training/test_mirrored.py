"""Two devices of one machine that share a batch."""

import json

import numpy as np
import pytest

from tests.backends import only_on_jax, only_on_tensorflow, run_python
from tests.training.two_devices import FIRST_STEP, NUMBERS

pytestmark = pytest.mark.slow

PROGRAM = """
import json
from gan_pipelines.errors import UserError
from tests.backends import BACKEND
from tests.training import two_devices
from tests.training.two_devices import *

see_two_devices()


def refusal(**arguments):
    try:
        open_device(**arguments)
    except UserError as error:
        return str(error)


found = {
    "one": train(linear, "cpu"),
    "two": train(linear),
    "one in float16": train(two_layers, "cpu", precision="mixed_float16", weight=SMALL),
    "two in float16": train(two_layers, precision="mixed_float16", weight=SMALL),
    "overflow on the second": train(two_layers, indices=FIRST_STEP, precision="mixed_float16", weight=OVERFLOWING),
    "uneven": refusal(devices="mirrored", jit_compile="auto", batch_size=7),
}
if BACKEND == "tensorflow":
    found["normalised"] = train(normalised, indices=FIRST_STEP)
    found["dropping"] = train(dropping)
    found["jit"] = refusal(devices="mirrored", jit_compile=True, batch_size=8)
else:
    found["one that draws"] = train(drawing_and_normalising, "cpu")
    found["two that draw"] = train(drawing_and_normalising)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found():
    return json.loads(run_python(PROGRAM).splitlines()[-1])


def assert_close(one, two, tolerance=1e-5):
    assert (one["devices"], two["devices"]) == (1, 2)
    assert one["state"].keys() == two["state"].keys()
    for path, values in one["state"].items():
        np.testing.assert_allclose(two["state"][path], values, rtol=tolerance, atol=tolerance, err_msg=path)
    assert two["logs"]["student_loss"] == pytest.approx(one["logs"]["student_loss"], rel=tolerance)


def assert_copies_are_alike(found, but=()):
    for path, (first, second) in found["copies"].items():
        assert first == second or path in but, path


def test_two_take_the_step_that_one_takes_on_the_joined_batch(found):
    """Of all that changes: weights, their average, and the optimizer."""
    assert_close(found["one"], found["two"])
    assert any("average" in path for path in found["two"]["state"])


@only_on_tensorflow
def test_replicas_draw_noise_of_their_own(found):
    """Were it the same, the mean over both would be that of four draws of the first replica."""
    assert found["two"]["logs"]["first_noise"] != pytest.approx(found["one"]["logs"]["first_noise"], abs=1e-6)


@only_on_tensorflow
def test_replicas_end_with_the_same_state(found):
    for name in ("two", "two in float16", "normalised", "overflow on the second"):
        assert_copies_are_alike(found[name])


@only_on_tensorflow
def test_statistics_of_normalisation_are_the_mean_of_what_each_replica_saw(found):
    """From 0 and 1, of which 99 % stay; each replica has half of the batch."""
    state = found["normalised"]["state"]
    halves = NUMBERS["x"][FIRST_STEP.ravel()].reshape(2, 4, 3)
    means, variances = halves.mean(axis=1), halves.var(axis=1)
    assert np.abs(means[0] - means[1]).max() > 0.1
    for where in ("student/network", "student/average"):
        mean, variance = (state[f"{where}/batch_normalization/moving_{name}"] for name in ("mean", "variance"))
        np.testing.assert_allclose(mean, 0.01 * means.mean(axis=0), rtol=1e-5)
        np.testing.assert_allclose(variance, 0.99 + 0.01 * variances.mean(axis=0), rtol=1e-5)


@only_on_tensorflow
def test_replicas_drop_other_numbers_and_end_with_the_same_draws(found):
    first, second = (np.array(masks) for masks in found["dropping"]["copies"]["loss_variables/dropped"])
    assert 0 < first.mean() < 1
    assert 0 < second.mean() < 1
    assert not np.array_equal(first, second)
    assert_copies_are_alike(found["dropping"], but=("loss_variables/dropped",))


@only_on_jax
def test_two_that_draw_and_normalise_do_what_one_does(found):
    """Masks, noise and statistics are of the whole batch, however many devices share it."""
    one, two = found["one that draws"], found["two that draw"]
    assert_close(one, two)
    assert two["logs"]["first_noise"] == pytest.approx(one["logs"]["first_noise"], rel=1e-5)
    assert one["state"]["student/draws/0"] == two["state"]["student/draws/0"]


def test_two_take_the_step_of_one_in_float16_as_well(found):
    assert_close(found["one in float16"], found["two in float16"], tolerance=2e-3)
    state = found["two in float16"]["state"]
    assert state["student/optimizer/loss_scale_optimizer/dynamic_scale"] == 2.0**15
    assert all(1e-4 < abs(value - 1) < 0.1 for value in np.ravel(state["student/network/dense_1/kernel"]))


def test_gradients_that_overflow_on_one_device_are_left_out_by_both(found):
    state = found["overflow on the second"]["state"]
    assert state["student/optimizer/loss_scale_optimizer/dynamic_scale"] == 2.0**14
    weights = [np.array(values) for path, values in state.items() if path.startswith("student/network")]
    assert [set(values.ravel()) for values in weights] == [{1.0}, {0.0}, {1.0}, {0.0}]


def test_what_cannot_be_shared_is_refused(found):
    assert "batch_size 7 cannot be split equally among 2 devices" in found["uneven"]


@only_on_tensorflow
def test_xla_is_refused(found):
    assert "jit_compile" in found["jit"]
