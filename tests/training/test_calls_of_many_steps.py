"""JAX on accelerators runs many steps in one call, in a loop; here it is made to do so on a CPU."""

import numpy as np
import pytest

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.training.batches import BatchOrder
from tests import toy
from tests.backends import compile_steps, only_on_jax
from tests.training.test_engine import make_engine

pytestmark = only_on_jax

ORDER = BatchOrder(40, 8, 1, seed=0)
IMAGE_BYTES = np.random.default_rng(0).integers(0, 256, (40, *toy.IMAGE_SHAPE), np.uint8)
IN_MEMORY = normalise(IMAGE_BYTES)


@pytest.fixture
def four_steps_a_call(monkeypatch):
    from gan_pipelines.training.backend import jax_backend

    monkeypatch.setattr(jax_backend, "_STEPS_PER_CALL", {"CPU": 4})


def trained(chunks, samples=IN_MEMORY):
    """Returns logs and state after chunks of so many steps."""
    engine = make_engine(average=True)
    steps, done, parts = compile_steps(engine, {"samples": samples}), 0, []
    for chunk in chunks:
        parts.append(steps(done, ORDER.indices(done, chunk)))
        done += chunk
    return {name: np.concatenate([part[name] for part in parts]) for name in engine.logged} | engine.state()


def assert_same_bits(first, second):
    assert first.keys() == second.keys()
    assert [name for name in first if not np.array_equal(first[name], second[name])] == []


def test_chunks_of_any_length_give_the_same_bits(four_steps_a_call):
    whole = trained([11])
    assert_same_bits(whole, trained([1, 4, 6]))
    assert len(whole["generator_loss"]) == 11


def test_images_on_the_disk_give_the_bits_of_those_in_memory(four_steps_a_call):
    assert_same_bits(trained([6], StoredPixels(IMAGE_BYTES)), trained([6]))


def test_many_steps_in_a_call_compute_what_one_in_each_does(four_steps_a_call, monkeypatch):
    many = trained([6])
    monkeypatch.undo()
    for name, values in trained([6]).items():
        np.testing.assert_allclose(many[name], values, rtol=1e-3, atol=1e-4, err_msg=name)


def test_a_call_ends_at_the_first_number_that_is_not_finite(four_steps_a_call):
    engine, poisoned = make_engine(), IN_MEMORY.copy()
    poisoned[ORDER.indices(2, 1)[0, 0, 0]] = np.nan
    logs = compile_steps(engine, {"samples": poisoned})(0, ORDER.indices(0, 5))
    assert [np.isfinite(value) for value in logs["discriminator_loss"]] == [True, True, False]
    assert engine.state()["generator/optimizer/adam/iteration"] == 3
