"""Ways from one latent to another."""

import numpy as np
import pytest

from gan_pipelines.adversarial.interpolation import interpolate_latents, lerp, slerp
from gan_pipelines.training.codes import CodeParameters

CODES = CodeParameters(categories=2, continuous=1)


def rows(*vectors):
    return np.array(vectors, np.float32)


@pytest.mark.parametrize("ways", [slerp, lerp])
def test_both_ends_are_met_exactly(ways):
    random = np.random.default_rng(0)
    starts, ends = (random.normal(size=(20, 100)).astype(np.float32) for _ in range(2))
    path = ways(starts, ends, 7)
    assert path.dtype == np.float32
    assert path.shape == (20, 7, 100)
    assert np.array_equal(path[:, 0], starts)
    assert np.array_equal(path[:, -1], ends)


def test_an_arc_between_orthogonal_unit_vectors_goes_by_equal_angles():
    (path,) = slerp(rows([1, 0, 0]), rows([0, 1, 0]), 4)
    # By hand: 0, 30, 60 and 90 degrees of a circle.
    half, rest = 0.5, 0.8660254
    np.testing.assert_allclose(path, [[1, 0, 0], [rest, half, 0], [half, rest, 0], [0, 1, 0]], atol=1e-7)
    (middle,) = slerp(rows([1, 0, 0]), rows([0, 1, 0]), 3)[:, 1]
    np.testing.assert_allclose(middle, [0.70710678, 0.70710678, 0], rtol=1e-6)


def test_an_arc_keeps_the_length_of_its_ends_where_a_line_does_not():
    random = np.random.default_rng(1)
    starts, ends = (random.normal(size=(30, 100)) for _ in range(2))
    starts, ends = (10 * each / np.linalg.norm(each, axis=1, keepdims=True) for each in (starts, ends))
    path = slerp(starts.astype(np.float32), ends.astype(np.float32), 11)
    np.testing.assert_allclose(np.linalg.norm(path, axis=2), 10, rtol=1e-5)
    assert np.linalg.norm(lerp(starts, ends, 11)[:, 5], axis=1).max() < 9


def test_ends_of_different_lengths_keep_the_angle_between_their_directions():
    (path,) = slerp(rows([2, 0]), rows([0, 4]), 3)
    np.testing.assert_allclose(path[1], [2 * 0.70710678, 4 * 0.70710678], rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "end", "middle"),
    [
        ([1, 2], [1, 2], [1, 2]),
        ([1, 2], [3, 6], [2, 4]),
        ([1, 2], [1.0000001, 2], [1, 2]),
        ([1, 2], [-1, -2], [0, 0]),
        ([1, 2], [-3, -6], [-1, -2]),
        ([0, 0], [0, 0], [0, 0]),
    ],
    ids=["same", "parallel", "nearly parallel", "opposite", "opposite and longer", "zero"],
)
def test_directions_without_an_arc_of_their_own_are_joined_straight(start, end, middle):
    (path,) = slerp(rows(start), rows(end), 3)
    np.testing.assert_allclose(path, [start, middle, end], atol=1e-6)


@pytest.mark.parametrize(("angle", "sign"), [(1e-5, 1), (1e-3, 1), (1e-5, -1), (1e-3, -1)])
def test_almost_parallel_and_almost_opposite_directions_give_numbers_on_their_arc(angle, sign):
    start, end = rows([1, 0]), sign * rows([np.cos(angle), np.sin(angle)])
    lengths = np.linalg.norm(slerp(start, end, 9), axis=2)
    np.testing.assert_allclose(lengths, 1, atol=1e-4)  # float32 holds the ends to 1e-7, and the angle to 1e-4 of it


def test_a_line_goes_in_equal_steps():
    assert lerp(rows([0, 1]), rows([1, -1]), 5).tolist() == [
        [[0, 1], [0.25, 0.5], [0.5, 0], [0.75, -0.5], [1, -1]],
    ]


def test_normal_noise_goes_along_arcs_and_uniform_noise_straight():
    latents = np.random.default_rng(0).uniform(-1, 1, (6, 9)).astype(np.float32)
    assert np.array_equal(interpolate_latents(latents, 5, "normal"), slerp(latents[:3], latents[3:], 5))
    straight = interpolate_latents(latents, 5, "uniform")
    assert np.array_equal(straight, lerp(latents[:3], latents[3:], 5))
    assert np.abs(straight).max() <= 1


@pytest.mark.parametrize(("distribution", "ways"), [("normal", slerp), ("uniform", lerp)])
def test_codes_stay_those_of_the_start(distribution, ways):
    latents = np.random.default_rng(0).uniform(-1, 1, (6, 9)).astype(np.float32)
    kept = latents.copy()
    paths = interpolate_latents(latents, 5, distribution, CODES)
    assert np.array_equal(paths[:, :, 6:], np.repeat(latents[:3, None, 6:], 5, axis=1))
    assert np.array_equal(paths[:, :, :6], ways(latents[:3, :6], latents[3:, :6], 5))
    assert np.array_equal(latents, kept)
