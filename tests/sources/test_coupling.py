import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.coupling import coupled_images, edge_maps
from gan_pipelines.sources.image_set import ImageSet


def marked(count):
    """Images that are their own number everywhere, but for a brighter middle."""
    pixels = np.zeros((count, 4, 4, 1), np.float32) + (np.arange(count) / 100)[:, None, None, None].astype(np.float32)
    pixels[:, 1, 1] += 0.5
    return ImageSet(pixels, np.arange(count) % 2, ("even", "odd"))


def test_edges_are_where_neighbours_differ():
    pixels = np.full((1, 5, 5, 1), -1.0, np.float32)
    pixels[0, 0, 0] = 1.0
    pixels[0, 3, 3] = 0.0
    edges = edge_maps(pixels)[0, :, :, 0]
    expected = np.full((5, 5), -1.0)
    expected[:2, :2] = 1.0
    expected[2:, 2:] = 0.0
    assert np.array_equal(edges, expected)
    assert edges.dtype == np.float32


def test_the_rim_of_an_image_is_no_edge():
    assert np.array_equal(edge_maps(np.full((2, 6, 6, 3), 0.7, np.float32)), np.full((2, 6, 6, 3), -1.0))


def test_of_an_odd_number_one_is_left_out_and_classes_are_gone():
    pairs = coupled_images(marked(9), seed=0)
    assert pairs.pixels.shape == (4, 4, 8, 1)
    assert pairs.labels is None
    assert pairs.class_names == ()


def test_the_domains_hold_different_images_whatever_the_seed():
    pixels = np.random.default_rng(0).uniform(-1, 1, (10, 4, 4, 1)).astype(np.float32)
    all_edges = edge_maps(pixels)
    for seed in range(5):
        left, right = np.split(coupled_images(ImageSet(pixels), seed).pixels, 2, axis=2)
        plain = {int(np.flatnonzero((pixels == image).all(axis=(1, 2, 3)))[0]) for image in left}
        edges = {int(np.flatnonzero((all_edges == image).all(axis=(1, 2, 3)))[0]) for image in right}
        assert len(plain) == len(edges) == 5
        assert plain.isdisjoint(edges)


def test_the_seed_decides_the_halves():
    first, again, other = (coupled_images(marked(10), seed).pixels for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_single_image_cannot_be_divided():
    with pytest.raises(UserError, match="at least 2 images"):
        coupled_images(marked(1), seed=0)


def test_images_on_the_disk_are_refused_with_the_way_out():
    stored = ImageSet(StoredPixels(np.zeros((4, 8, 8, 1), np.uint8)))
    with pytest.raises(UserError, match=r"4 images are on the disk.* images\.storage to 'memory'"):
        coupled_images(stored, seed=0)
    with pytest.raises(UserError, match=r"images\.limit"):
        edge_maps(stored.pixels)
