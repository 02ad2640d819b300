"""The sliced Wasserstein distance, against the definition written down plainly with SciPy."""

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.scores import sliced_wasserstein as module
from gan_pipelines.scores.sliced_wasserstein import (
    laplacian_level,
    normalised_patches,
    pyramid_levels,
    reason_too_small,
    sliced_wasserstein_distance,
    sliced_wasserstein_distances,
)
from gan_pipelines.sources.pixel_storage import store_pixels
from gan_pipelines.training.randomness import random_generator

BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256


def blobs(count, size, channels=1, seed=0):
    """Smooth shapes with grain, uint8."""
    noise = np.random.RandomState(seed).normal(size=(count, *np.broadcast_to(size, 2), channels))
    smooth = gaussian_filter(noise, (0, 2, 2, 0), mode="wrap")
    return np.clip(128 + 200 * smooth + 10 * noise, 0, 255).astype(np.uint8)


def blurred(pictures, deviation=0.7):
    return gaussian_filter(pictures.astype(float), (0, deviation, deviation, 0)).round().astype(np.uint8)


def plain_pyramid(picture, levels):
    """Of one picture ``(height, width)`` as in the paper: [lost by the first halving, ..., what remains]."""
    found = []
    for _ in range(levels - 1):
        low = convolve(picture, BINOMIAL, mode="mirror")[::2, ::2]
        enlarged = np.zeros_like(picture)
        enlarged[::2, ::2] = low
        found.append(picture - convolve(enlarged, 4 * BINOMIAL, mode="mirror"))
        picture = low
    return [*found, picture]


def plain_distances(real, generated, levels, seed):
    """The distance of each level with loops over pictures, patches and directions, in float64."""
    distances = {}
    for place, name in enumerate(levels):
        sets = []
        for pictures in (real, generated):
            bands = [
                np.stack([plain_pyramid(channel, len(levels))[place] for channel in np.moveaxis(picture, -1, 0)])
                for picture in pictures.astype(float)
            ]
            random = random_generator(seed, f"sliced Wasserstein patches/{name}")
            tops, lefts = (random.integers(0, side - 6, (len(bands), 128)) for side in bands[0].shape[1:])
            patches = np.array(
                [
                    band[:, top : top + 7, left : left + 7]
                    for band, *corners in zip(bands, tops, lefts, strict=True)
                    for top, left in zip(*corners, strict=True)
                ]
            )
            mean, deviation = (
                measure(patches, axis=(0, 2, 3), keepdims=True).astype(float) for measure in (np.mean, np.std)
            )
            sets.append(((patches - mean) / deviation).reshape(len(patches), -1))
        random = random_generator(seed, f"sliced Wasserstein directions/{name}")
        directions = random.standard_normal((512, sets[0].shape[1]), dtype=np.float32).astype(float)
        differences = []
        for direction in directions:
            unit = direction / np.sqrt((direction**2).sum())
            first, second = (np.sort(patches @ unit) for patches in sets)
            differences.append(np.abs(first - second).mean())
        distances[name] = 1000 * np.mean(differences)
    return distances


@pytest.mark.parametrize(
    ("size", "channels", "levels"), [(28, 1, ["28"]), (32, 3, ["32", "16"]), ((48, 72), 1, ["48x72", "24x36"])]
)
def test_it_equals_a_plain_implementation(size, channels, levels):
    real, generated = blobs(3, size, channels), blurred(blobs(3, size, channels, seed=1))
    found = sliced_wasserstein_distance(real, generated, seed=3)
    expected = plain_distances(real, generated, levels, seed=3)
    assert found.levels == pytest.approx(expected, rel=1e-4)
    assert found.mean == pytest.approx(np.mean([*expected.values()]), rel=1e-4)
    assert found.pictures == 3


def test_the_levels_of_a_picture_equal_a_plain_pyramid_and_add_up_to_it():
    pictures = blobs(2, (64, 96), 3)
    levels = pyramid_levels(64, 96)
    found = [laplacian_level(pictures, level) for level in levels]
    for picture in range(2):
        for channel in range(3):
            expected = plain_pyramid(pictures[picture, ..., channel].astype(float), 3)
            for ours, plain in zip(found, expected, strict=True):
                assert ours[picture, ..., channel] == pytest.approx(plain, abs=1e-4)
    restored = found[-1]
    for band in found[-2::-1]:
        restored = band + module._doubled(restored)
    assert restored == pytest.approx(pictures.astype(float), abs=1e-3)


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((28, 28), ["28"]),
        ((31, 31), ["31"]),
        ((32, 32), ["32", "16"]),
        ((50, 50), ["50", "25"]),
        ((64, 64), ["64", "32", "16"]),
        ((96, 96), ["96", "48", "24"]),
        ((64, 36), ["64x36", "32x18"]),
        ((1024, 1024), ["1024", "512", "256", "128", "64", "32", "16"]),
    ],
)
def test_pictures_are_halved_while_they_are_even_and_large_enough(size, names):
    levels = pyramid_levels(*size)
    assert [level.name for level in levels] == names
    assert [level.is_coarsest for level in levels] == [False] * (len(names) - 1) + [True]


@pytest.mark.parametrize("channels", [1, 3])
def test_equal_sets_have_no_distance(channels):
    pictures = blobs(20, 32, channels)
    found = sliced_wasserstein_distance(pictures, pictures.copy(), most_pictures=15)
    assert (found.mean, dict(found.levels), found.pictures) == (0, {"32": 0, "16": 0}, 15)


def test_the_order_of_the_pictures_matters_no_more_than_the_drawing_of_the_patches():
    real, generated = blobs(50, 32), blurred(blobs(50, 32, seed=1), 0.6)
    shuffled = np.random.default_rng(0).permutation(generated)
    drawings = [sliced_wasserstein_distance(real, generated, seed=seed).mean for seed in range(4)]
    assert sliced_wasserstein_distance(real, shuffled).mean == pytest.approx(drawings[0], abs=3 * np.ptp(drawings))
    assert np.ptp(drawings) < 0.2 * np.mean(drawings)


def test_pictures_and_their_set_are_symmetric():
    real, generated = blobs(8, 32), blurred(blobs(8, 32, seed=1))
    there, back = sliced_wasserstein_distance(real, generated), sliced_wasserstein_distance(generated, real)
    assert there.mean == pytest.approx(back.mean, rel=1e-6)


def test_a_blur_raises_the_finest_level_most_and_more_of_it_raises_it_more():
    pictures, others = blobs(30, 64), blobs(30, 64, seed=1)
    sets = {f"{deviation}": blurred(others, deviation) for deviation in (0, 0.5, 1.0)}
    sharp, weak, strong = (found.levels for found in sliced_wasserstein_distances(pictures, sets).values())
    assert [*strong] == ["64", "32", "16"]
    assert strong["64"] > 1.3 * weak["64"] > 1.3 * 1.3 * sharp["64"]
    for levels in (weak, strong):
        raised = {level: levels[level] - sharp[level] for level in levels}
        assert raised["64"] > 5 * max(raised["32"], raised["16"])


def test_brightness_contrast_and_colour_do_not_show():
    pictures = blobs(10, 32, 3) // 4
    changed = pictures * np.array([1, 2, 3], np.uint8) + np.array([60, 20, 0], np.uint8)
    assert sliced_wasserstein_distance(pictures, changed).mean < 0.01


def test_sets_are_compared_with_the_same_real_pictures_at_one_number():
    real, sets = blobs(9, 32), {"few": blobs(5, 32, seed=1), "many": blobs(12, 32, seed=2)}
    found = sliced_wasserstein_distances(real, sets)
    assert {name: distance.pictures for name, distance in found.items()} == {"few": 5, "many": 5}
    assert found["few"] == sliced_wasserstein_distance(real, sets["few"])
    assert found["many"] == sliced_wasserstein_distance(real, sets["many"], most_pictures=5)


def test_the_seed_decides_what_is_drawn():
    real, generated = blobs(9, 28), blobs(9, 28, seed=1)
    seeds = [0, 0, 1]
    first, again, other = (sliced_wasserstein_distance(real, generated, 4, seed) for seed in seeds)
    assert first == again != other


def test_channels_of_one_colour_are_finite():
    plain = np.full((4, 32, 32, 3), 200, np.uint8)
    assert not normalised_patches(plain, pyramid_levels(32, 32)[1], seed=0).any()
    assert sliced_wasserstein_distance(plain, plain // 2).mean == 0
    half_plain = blobs(4, 32, 3)
    half_plain[..., 1] = 77
    assert 0 < sliced_wasserstein_distance(blobs(4, 32, 3, seed=1), half_plain).mean < 1000


def test_each_channel_has_mean_0_and_deviation_1():
    for level in pyramid_levels(64, 64):
        patches = normalised_patches(blobs(5, 64, 3), level, seed=0)
        assert (patches.shape, patches.dtype) == ((5 * 128, 3 * 49), np.float32)
        channels = patches.reshape(-1, 3, 49).astype(float)
        assert channels.mean(axis=(0, 2)) == pytest.approx([0] * 3, abs=1e-5)
        assert channels.std(axis=(0, 2)) == pytest.approx([1] * 3, abs=1e-5)


def test_patches_lie_anywhere_within_the_picture():
    rows, columns = np.indices((30, 20))
    places = np.stack([rows, columns], axis=-1).astype(np.uint8)
    (level,) = pyramid_levels(30, 20)
    patches = normalised_patches(np.stack([places] * 20), level, seed=0).reshape(-1, 2, 49)
    for channel, side in enumerate((30, 20)):
        corners = patches[:, channel, 0]
        distinct = np.unique(corners.round(3))
        assert len(distinct) == side - 6
        assert np.ptp(corners) == pytest.approx((side - 7) * np.diff(distinct).mean(), rel=0.01)


@pytest.mark.parametrize("values", [1, 5000])
def test_chunks_of_any_size_give_the_same(values, monkeypatch):
    real, generated = blobs(7, 32), blobs(7, 32, seed=1)
    expected = sliced_wasserstein_distance(real, generated)
    monkeypatch.setattr(module, "_VALUES_AT_ONCE", values)
    monkeypatch.setattr(module, "_DIRECTIONS_AT_ONCE", 100)
    assert sliced_wasserstein_distance(real, generated).mean == pytest.approx(expected.mean, rel=1e-5)


def test_pictures_on_the_disk_have_the_distance_of_those_in_memory():
    real, generated = blobs(12, 28), blobs(9, 28, seed=1)
    stored = store_pixels([real], real.shape[1:])
    assert isinstance(stored, StoredPixels)
    for most in (5, 100):
        assert sliced_wasserstein_distance(stored, generated, most) == sliced_wasserstein_distance(
            real, generated, most
        )


def test_golden_values():
    """Numbers of the plain implementation above, written down."""
    real, generated = blobs(10, 64, 3), blurred(blobs(10, 64, 3, seed=1))
    found = sliced_wasserstein_distance(real, generated)
    assert dict(found.levels) == pytest.approx({"64": 66.4997506, "32": 55.2983132, "16": 95.2714816}, rel=1e-4)


def test_small_pictures_are_refused_with_the_reason():
    assert reason_too_small(16, 40) is None
    with pytest.raises(ValueError, match=r"at least 16x16 pixels; they have 15x40"):
        sliced_wasserstein_distance(blobs(2, (15, 40)), blobs(2, (15, 40)))


@pytest.mark.parametrize(
    ("generated", "most", "message"),
    [
        (blobs(2, 32, 3), 9, r"one size and number of channels, not uint8 \(2, 32, 32, 3\) beside \(2, 32, 32, 1\)"),
        (blobs(2, 48), 9, "one size"),
        (blobs(2, 32).astype(np.float32), 9, "not float32"),
        (blobs(2, 32)[0], 9, r"\(pictures, height, width, channels\)"),
        (blobs(2, 32)[:0], 9, "At least 1 picture"),
        (blobs(2, 32), 0, "At least 1 picture"),
    ],
)
def test_sets_that_do_not_compare_are_refused(generated, most, message):
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein_distance(blobs(2, 32), generated, most)
