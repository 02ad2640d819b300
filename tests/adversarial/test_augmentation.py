import keras
import numpy as np
import pytest

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.training.backend import Key
from tests.backends import gradient, step_number, traced

IMAGES = np.random.default_rng(0).uniform(-1, 1, (300, 8, 8, 3)).astype(np.float32)


def augmented(*names, images=IMAGES, step=0):
    return traced(lambda images, step: Augmentation(names)(images, Key(0, step)), images, step_number(step))


@pytest.mark.parametrize("name", ["brightness", "saturation", "contrast", "translation", "cutout"])
def test_changes_depend_on_the_step_and_differ_between_images(name):
    first = augmented(name)
    assert first.shape == IMAGES.shape
    assert np.array_equal(first, augmented(name))
    assert not np.array_equal(first, augmented(name, step=1))
    same = augmented(name, images=np.repeat(IMAGES[:1], 300, axis=0))
    assert len(np.unique(same.reshape(300, -1), axis=0)) > 5


def test_nothing_named_changes_nothing():
    assert np.array_equal(augmented(), IMAGES)


def test_brightness_adds_one_number_to_an_image():
    added = augmented("brightness") - IMAGES
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-6
    assert (added.min(), added.max()) == pytest.approx((-0.5, 0.5), abs=0.05)


def test_saturation_scales_colours_around_their_gray():
    changed, gray = augmented("saturation"), IMAGES.mean(axis=-1, keepdims=True)
    factors = ((changed - gray) * (IMAGES - gray)).sum((1, 2, 3)) / ((IMAGES - gray) ** 2).sum((1, 2, 3))
    assert changed == pytest.approx(gray + factors[:, None, None, None] * (IMAGES - gray), abs=1e-5)
    assert (factors.min(), factors.max()) == pytest.approx((0, 2), abs=0.1)


def test_gray_images_have_no_saturation_to_change():
    gray = IMAGES[..., :1]
    assert augmented("saturation", images=gray) == pytest.approx(gray, abs=1e-6)


def test_contrast_scales_pixels_around_their_mean():
    changed, mean = augmented("contrast"), IMAGES.mean(axis=(1, 2, 3), keepdims=True)
    factors = (changed - mean).std(axis=(1, 2, 3)) / IMAGES.std(axis=(1, 2, 3))
    assert changed.mean(axis=(1, 2, 3)) == pytest.approx(mean.ravel(), abs=1e-5)
    assert (factors.min(), factors.max()) == pytest.approx((0.5, 1.5), abs=0.05)


def test_translation_shifts_by_up_to_an_eighth_and_fills_with_the_middle():
    """Of 8 pixels an eighth is 1: nine shifts, each with its own zeros."""
    shifts = {}
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            padded = np.pad(IMAGES, ((0, 0), (1, 1), (1, 1), (0, 0)))
            shifts[down, right] = padded[:, 1 - down : 9 - down, 1 - right : 9 - right]
    changed = augmented("translation")
    seen = [
        [shift for shift, expected in shifts.items() if np.array_equal(expected[number], changed[number])]
        for number in range(len(IMAGES))
    ]
    assert all(len(found) == 1 for found in seen)
    assert {found[0] for found in seen} == shifts.keys()


def test_cutout_clears_a_square_of_half_the_side():
    cleared = augmented("cutout", images=np.ones_like(IMAGES)) == 0
    assert np.array_equal(cleared[..., 0], cleared[..., 1])
    rows, columns = cleared[..., 0].any(axis=2).sum(axis=1), cleared[..., 0].any(axis=1).sum(axis=1)
    assert np.array_equal(cleared[..., 0].sum(axis=(1, 2)), rows * columns)
    assert (rows.max(), columns.max()) == (4, 4)
    assert cleared.mean(axis=(0, 3)).min() > 0  # every pixel is cut now and then


def test_gradients_reach_the_image():
    names = ("brightness", "saturation", "contrast", "translation", "cutout")
    values = gradient(lambda images: keras.ops.sum(Augmentation(names)(images, Key(0, step_number(0)))), IMAGES)
    assert np.isfinite(values).all()
    assert (np.abs(values).sum(axis=(1, 2, 3)) > 0).mean() > 0.95
