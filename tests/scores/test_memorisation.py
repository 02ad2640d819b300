import numpy as np
import pytest

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.scores.memorisation import copied_images, memorisation

TRAINING, HELDOUT, UNSEEN = (np.random.default_rng(n).normal(size=(size, 8)) for n, size in enumerate((900, 400, 400)))


def test_points_of_a_line():
    found = memorisation(np.array([[0.1], [10]]), np.array([[0], [1], [3]]), np.array([[0.5], [3]]))
    assert found.authenticity == 0.5
    assert found.nearest.indices.tolist() == [0, 2]
    assert np.sqrt(found.nearest.squared_distances).tolist() == pytest.approx([0.1, 7])
    assert (found.smallest, found.heldout_smallest) == (pytest.approx(0.1), 0)
    assert found.low_quantile == pytest.approx(0.1 + 0.01 * 6.9)
    assert found.heldout_low_quantile == pytest.approx(0.01 * 0.5)
    # Distances 0.1 and 7 against 0.5 and 0: 3 of 4 pairs are larger.
    assert found.data_copying_z == pytest.approx((3 - 2) / np.sqrt(4 / 12 * 5))


def test_copies_of_training_images_are_suspicious():
    found = memorisation(TRAINING[:400], TRAINING, HELDOUT)
    assert found.authenticity == found.smallest == found.low_quantile == 0
    assert found.data_copying_z < -20
    assert found.low_distance_z > 20
    assert found.suspicious
    assert found.nearest.indices.tolist() == list(range(400))


def test_near_copies_are_suspicious():
    found = memorisation(TRAINING[300:700] + 1e-7, TRAINING, HELDOUT)
    assert found.suspicious
    assert found.authenticity == 0
    assert found.smallest == pytest.approx(1e-7 * 8**0.5, rel=1e-6)


def test_images_all_a_little_too_near_are_suspicious_though_none_is_a_copy():
    directions = UNSEEN / np.linalg.norm(UNSEEN, axis=1, keepdims=True)
    found = memorisation(TRAINING[:400] + 1.2 * directions, TRAINING, HELDOUT)
    assert found.low_distance_z < 3 < -found.data_copying_z
    assert found.suspicious


def test_a_few_copies_are_suspicious_though_the_test_of_all_misses_them():
    found = memorisation(np.concatenate([TRAINING[:25], UNSEEN[25:]]), TRAINING, HELDOUT)
    assert abs(found.data_copying_z) < 3 < found.low_distance_z
    assert found.suspicious


@pytest.mark.parametrize("seed", range(5))
def test_real_images_of_any_draw_are_not_suspicious(seed):
    rows = np.random.default_rng(seed).permutation(np.concatenate([TRAINING, HELDOUT, UNSEEN]))
    found = memorisation(rows[:400], rows[400:1300], rows[1300:])
    assert abs(found.data_copying_z) < 3
    assert not found.suspicious


def test_images_far_from_all_are_not_suspicious():
    found = memorisation(UNSEEN * 3, TRAINING, HELDOUT)
    assert found.data_copying_z > 10
    assert found.authenticity > 0.9
    assert not found.suspicious


def images(count, seed):
    return np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 1), dtype=np.uint8)


def test_copies_of_images_on_the_disk_are_found():
    training = images(20, seed=1)
    generated = np.concatenate([training[[4, 19]], images(3, seed=2)])
    assert copied_images(generated, StoredPixels(training)).tolist() == [True, True, False, False, False]
    with pytest.raises(ValueError, match="of the same image shape"):
        copied_images(generated[:, 1:], StoredPixels(training))


def test_copied_images_are_those_equal_in_every_pixel():
    training = images(20, 0)
    generated = np.concatenate([training[3:5], images(2, 1), training[7:8]])
    generated[1, 3, 3, 0] ^= 1
    assert copied_images(generated, training).tolist() == [True, False, False, False, True]
    assert copied_images(training[::2], training[:, ::1]).all()
    assert copied_images(training.transpose(0, 2, 1, 3), training.transpose(0, 2, 1, 3)).all()


def test_pixels_that_do_not_compare_are_refused():
    with pytest.raises(ValueError, match=r"found float32 \(4, 4, 1\) and uint8 \(4, 4, 1\)"):
        copied_images(images(2, 0).astype(np.float32), images(2, 0))
    with pytest.raises(ValueError, match=r"uint8 \(4, 4, 1\) and uint8 \(4, 2, 1\)"):
        copied_images(images(2, 0), images(2, 0)[:, :, :2])
