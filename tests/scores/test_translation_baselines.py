import numpy as np
import pytest
from PIL import Image

from gan_pipelines.scores import translation_baselines
from gan_pipelines.scores.translation_baselines import colour_transfer, enlarged, mean_picture, nearest_source


def noise(*shape, seed=0, low=0, high=256):
    return np.random.default_rng(seed).integers(low, high, shape).astype(np.uint8)


def test_the_mean_picture_is_the_same_for_every_source():
    targets = np.array([0, 255, 253], np.uint8).reshape(3, 1, 1, 1)
    assert mean_picture(targets, 2).tolist() == [[[[169]]]] * 2
    many = noise(50, 3, 4, 3)
    assert np.array_equal(mean_picture(many, 1)[0], np.rint(many.mean(axis=0)))


@pytest.mark.parametrize("block", [1, 7 * 48, 2**22])
def test_the_nearest_source_is_found_in_blocks_of_any_size(monkeypatch, block):
    monkeypatch.setattr(translation_baselines, "_BLOCK_VALUES", block)
    sources, heldout, targets = noise(40, 4, 4, 3), noise(15, 4, 4, 3, seed=1), noise(40, 2, 3, 1, seed=2)
    differences = sources[np.newaxis].astype(int) - heldout[:, np.newaxis]
    nearest = (differences**2).sum(axis=(2, 3, 4)).argmin(axis=1)
    assert len(set(nearest)) > 5
    assert np.array_equal(nearest_source(sources, targets, heldout), targets[nearest])


def test_the_first_of_equally_near_sources_counts(monkeypatch):
    monkeypatch.setattr(translation_baselines, "_BLOCK_VALUES", 2)
    sources = np.array([9, 1, 3, 1, 3], np.uint8).reshape(5, 1, 1, 1)
    targets = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1)
    assert nearest_source(sources, targets, sources[1:2] + np.uint8(1)).item() == 1


@pytest.mark.parametrize(("targets", "heldout"), [(4, (1, 2, 2, 3)), (5, (1, 2, 2, 1))])
def test_sources_without_targets_or_of_other_shapes_are_refused(targets, heldout):
    with pytest.raises(ValueError, match="one shape and one target each"):
        nearest_source(noise(5, 2, 2, 3), noise(targets, 2, 2, 3), noise(*heldout))


def test_colours_get_the_means_and_deviations_of_the_other_domain():
    pictures = noise(3, 16, 16, 3, low=90, high=110)
    reference = np.concatenate([noise(2, 8, 8, 3, low=100, high=180), noise(2, 8, 8, 3, low=60, high=100)])
    reference[..., 2] //= 2
    found = colour_transfer(pictures, reference)
    assert found.dtype == np.uint8
    assert found.mean(axis=(1, 2)) == pytest.approx(np.tile(reference.mean(axis=(0, 1, 2)), (3, 1)), abs=0.5)
    assert found.std(axis=(1, 2)) == pytest.approx(np.tile(reference.std(axis=(0, 1, 2)), (3, 1)), abs=0.5)
    assert reference.std(axis=(0, 1, 2))[0] > 30


def test_a_channel_without_contrast_becomes_the_mean_and_extremes_are_clipped():
    flat = np.full((1, 4, 4, 1), 33, np.uint8)
    reference = np.array([100, 102, 102], np.uint8).reshape(3, 1, 1, 1)
    assert np.array_equal(colour_transfer(flat, reference), np.full((1, 4, 4, 1), 101))
    spike = np.zeros((1, 4, 4, 1), np.uint8)
    spike[0, 0, 0] = 255
    reference = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    assert colour_transfer(spike, reference).max() == 255


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_enlarged_as_pillow_does(channels):
    low = noise(2, 5, 7, channels)
    found = enlarged(low, 4)
    assert (found.shape, found.dtype) == ((2, 20, 28, channels), np.uint8)
    image = Image.fromarray(low[1].squeeze())
    assert np.array_equal(found[1].squeeze(), np.asarray(image.resize((28, 20), Image.Resampling.BICUBIC)))
    assert np.array_equal(enlarged(np.full((1, 6, 6, channels), 9, np.uint8), 2), np.full((1, 12, 12, channels), 9))
