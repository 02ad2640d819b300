"""Images on the disk: read piece by piece, and learnt to the same bits as in memory."""

import numpy as np
import pytest

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.training import examples as module
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.examples import content_sha256, decode_pixels, prefetch
from tests import toy
from tests.backends import traced
from tests.training.test_trainer import DyingStore, assert_equal, outcome, train

IMAGE_BYTES = np.random.default_rng(0).integers(0, 256, (40, *toy.IMAGE_SHAPE), np.uint8)
IN_MEMORY = normalise(IMAGE_BYTES)
BATCH_BYTES = 8 * 16


@pytest.fixture
def stored(tmp_path):
    IMAGE_BYTES.tofile(tmp_path / "bytes")
    return StoredPixels(np.memmap(tmp_path / "bytes", np.uint8, "r", shape=IMAGE_BYTES.shape))


@pytest.fixture(scope="module")
def from_memory():
    return outcome(train(pixels=IN_MEMORY))


@pytest.fixture
def store(tmp_path):
    return CheckpointStore(tmp_path / "checkpoints")


@pytest.fixture
def two_prefetched_steps(monkeypatch):
    monkeypatch.setattr(module, "_PREFETCHED_BYTES", 2 * BATCH_BYTES)


@pytest.mark.parametrize("bytes_a_piece", [1, BATCH_BYTES, 3 * BATCH_BYTES + 5, 2**25])
@pytest.mark.parametrize("longest", [None, 1, 2, 100])
def test_pieces_cover_all_steps_in_order_with_their_pixels(stored, monkeypatch, bytes_a_piece, longest):
    monkeypatch.setattr(module, "_PREFETCHED_BYTES", bytes_a_piece)
    indices = BatchOrder(40, 8, 1, seed=0).indices(0, 7)
    found = list(prefetch({"samples": stored, "labels": np.arange(40)}, indices, longest))
    most = min(max(1, bytes_a_piece // BATCH_BYTES), longest or 7)
    lengths = [len(part) for _, part, _ in found]
    assert max(lengths) <= most
    assert [begin for begin, _, _ in found] == np.cumsum([0, *lengths[:-1]]).tolist()
    assert np.array_equal(np.concatenate([part for _, part, _ in found]), indices)
    assert all(read.keys() == {"samples"} for _, _, read in found)
    assert np.array_equal(np.concatenate([read["samples"] for _, _, read in found]), IMAGE_BYTES[indices])


@pytest.mark.parametrize(("longest", "lengths"), [(None, [7]), (3, [3, 3, 1])])
def test_pieces_of_what_is_in_memory_are_indices_alone(longest, lengths):
    indices = BatchOrder(40, 8, 1, seed=0).indices(0, 7)
    found = list(prefetch({"samples": IN_MEMORY}, indices, longest))
    assert [len(part) for _, part, _ in found] == lengths
    assert np.array_equal(np.concatenate([part for _, part, _ in found]), indices)
    assert all(read == {} for _, _, read in found)


def test_what_is_left_of_unread_pieces_is_let_go(stored, two_prefetched_steps):
    walk = prefetch({"samples": stored}, BatchOrder(40, 8, 1, seed=0).indices(0, 5))
    next(walk)
    walk.close()
    assert list(walk) == []


def test_a_piece_that_cannot_be_read_says_so(stored):
    with pytest.raises(IndexError, match="40"):
        list(prefetch({"samples": stored}, np.full((1, 1, 8), 40, np.int32)))


def test_the_backend_normalises_every_byte_to_the_bit():
    every_byte = np.arange(256, dtype=np.uint8)
    assert np.array_equal(traced(decode_pixels, every_byte), normalise(every_byte))


def test_the_same_images_have_the_same_digest_wherever_they_are(stored):
    assert content_sha256(stored) == content_sha256(IN_MEMORY) != content_sha256(IN_MEMORY[::-1])


def test_training_from_the_disk_gives_the_bits_of_training_from_memory(stored, from_memory, two_prefetched_steps):
    assert_equal(outcome(train(pixels=stored)), from_memory)


def test_training_from_the_disk_is_resumed_exactly(stored, store, from_memory, two_prefetched_steps):
    with pytest.raises(KeyboardInterrupt):
        train(DyingStore(store.folder, 7), stored, checkpoint_every_steps=1)
    assert_equal(outcome(train(store, stored)), from_memory)


def test_a_training_that_began_in_memory_goes_on_from_the_disk(stored, store, from_memory):
    train(store, IN_MEMORY, steps=5)
    trained = train(store, stored)
    assert trained.result.resumed_at == (5,)
    assert trained.result.is_exact
    assert_equal(outcome(trained), from_memory)
