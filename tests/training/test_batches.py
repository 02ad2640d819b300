import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.training.batches import BatchOrder, InterleavedOrder
from gan_pipelines.training.randomness import random_generator, stream_seed


def test_an_epoch_shows_every_example_at_most_once():
    order = BatchOrder(examples=23, batch_size=4, batches_per_step=1, seed=0)
    assert order.steps_per_epoch == 5
    for epoch in range(3):
        seen = order.indices(epoch * 5, 5)
        assert seen.shape == (5, 1, 4)
        assert len(np.unique(seen)) == 20


def test_epochs_differ_and_seeds_differ():
    order = BatchOrder(40, 4, 1, seed=0)
    assert not np.array_equal(order.indices(0, 10), order.indices(10, 10))
    assert not np.array_equal(order.indices(0, 10), BatchOrder(40, 4, 1, seed=1).indices(0, 10))


def test_the_order_is_a_function_of_the_step():
    order = BatchOrder(23, 2, 2, seed=5)
    whole = order.indices(0, 17)
    pieces = np.concatenate([order.indices(0, 3), order.indices(3, 1), order.indices(4, 13)])
    assert np.array_equal(whole, pieces)


def test_too_few_examples_are_refused():
    with pytest.raises(UserError, match=r"training.batch_size 32.*only 10 are left"):
        BatchOrder(10, 32, 1, seed=0)


def test_streams_are_the_same_in_every_process_and_apart_from_each_other():
    assert stream_seed(0, "samples") == 505_308_663
    assert len({stream_seed(seed, stream) for seed in range(20) for stream in "abcdefgh"}) == 160
    first, again = (random_generator(1, "a", step=2).random(3) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, random_generator(1, "a", step=3).random(3))


A, B = np.arange(7), np.arange(7, 12)


def test_batches_of_two_domains_alternate_between_them():
    order = InterleavedOrder((A, B), batch_size=2, batches_per_step=1, seed=0)
    assert order.steps_per_epoch == 3
    seen = order.indices(0, 7)
    assert seen.shape == (7, 1, 4)
    assert np.isin(seen[..., 0::2], A).all()
    assert np.isin(seen[..., 1::2], B).all()
    assert sorted(seen[..., 0::2].ravel()[:7]) == A.tolist()
    assert sorted(seen[..., 1::2].ravel()[:5]) == B.tolist()
    assert np.array_equal(seen, np.concatenate([order.indices(0, 3), order.indices(3, 4)]))


def test_two_domains_of_equal_size_do_not_meet_in_the_same_pairs():
    seen = InterleavedOrder((np.arange(9), np.arange(9, 18)), 1, 1, seed=0).indices(0, 18).reshape(-1, 2)
    assert len({tuple(pair) for pair in seen.tolist()}) > 9


def test_a_domain_without_enough_examples_is_refused():
    with pytest.raises(UserError, match=r"training.batch_size 8.*only 5 are left"):
        InterleavedOrder((A, B), 8, 1, seed=0)
