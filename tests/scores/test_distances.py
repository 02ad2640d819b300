import tracemalloc

import numpy as np
import pytest

from gan_pipelines.scores import distances
from gan_pipelines.scores.distances import (
    TIE,
    checked_features,
    nearest_neighbours,
    neighbour_distances,
    squared_distances,
)


def features(samples, dimensions=5, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, dimensions))


def matrix(rows, columns, own=None):
    return np.concatenate([squares for _, squares in squared_distances(rows, columns, own)])


def direct(rows, columns):
    return ((rows[:, np.newaxis] - columns[np.newaxis]) ** 2).sum(axis=-1)


def test_distances_by_hand():
    rows, columns = np.array([[0.0, 0], [3, 0]]), np.array([[0.0, 4], [3, 0], [6, 8]])
    assert matrix(rows, columns).tolist() == [[16, 9, 100], [25, 0, 73]]
    assert matrix(columns, columns, own=np.array([0, 1, 2])).diagonal().tolist() == [np.inf] * 3


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_distances_do_not_depend_on_the_chunks(chunk, monkeypatch):
    rows, columns = features(40), features(30, seed=1)
    monkeypatch.setattr(distances, "_CHUNK", chunk)
    monkeypatch.setattr(distances, "_DIFFERENCES", chunk)
    np.testing.assert_allclose(matrix(rows, columns), direct(rows, columns), rtol=1e-12)
    assert not np.any(matrix(rows, rows[:20])[np.arange(20), np.arange(20)])


@pytest.mark.parametrize("offset", [0, 1e3, 1e8])
def test_near_copies_far_from_the_origin_keep_their_distance(offset):
    columns = features(300, 64) + offset
    rows = columns.copy()
    rows[:, 0] += 1e-6 * (1 + offset)
    rows[::3] = columns[::3]
    squares = matrix(rows, columns)
    assert (squares.diagonal()[::3] == 0).all()
    np.testing.assert_allclose(squares, direct(rows, columns), rtol=TIE / 10)


def test_a_few_places_that_all_samples_share_have_distances_of_zero():
    places = features(4, 16) * 100
    copies = np.repeat(places, 60, axis=0)
    np.testing.assert_array_equal(matrix(copies, copies) == 0, np.repeat(np.repeat(np.eye(4), 60, 0), 60, 1))
    assert not matrix(copies[:60], copies[:60]).any()


def test_an_outlier_does_not_blur_the_rest():
    columns = np.concatenate([features(200, 8), [[1e9] * 8]])
    np.testing.assert_allclose(matrix(columns, columns), direct(columns, columns), rtol=TIE / 10)


@pytest.mark.parametrize(
    "samples", [np.full((300, 7), 0.1) * np.arange(1, 8), features(300) + 1e8], ids=["one place", "far away"]
)
def test_hardly_a_pair_is_computed_anew(samples, monkeypatch):
    counts = []

    def counted(rows, columns, left, right):
        counts.append(len(left))
        return near_distances(rows, columns, left, right)

    near_distances = distances._near_distances
    monkeypatch.setattr(distances, "_near_distances", counted)
    matrix(samples, samples)
    assert sum(counts) <= 2 * len(samples)


def test_neighbours_by_hand():
    points = np.array([[0.0], [1], [2], [10]])
    assert neighbour_distances(points, 1).tolist() == [1, 1, 1, 64]
    assert neighbour_distances(points, 2).tolist() == [4, 1, 4, 81]
    nearest = nearest_neighbours(np.array([[9.0], [1.5], [-3]]), points)
    assert nearest.indices.tolist() == [3, 1, 0]
    assert nearest.squared_distances.tolist() == [1, 0.25, 9]
    other = nearest_neighbours(points[[3, 0]], points, own=np.array([3, 0]))
    assert other.indices.tolist() == [2, 1]


@pytest.mark.parametrize("k", [0, -1, 4])
def test_a_neighbour_that_is_not_there_is_refused(k):
    with pytest.raises(ValueError, match=f"it is {k} and there are 4"):
        neighbour_distances(features(4), k)


def test_memory_goes_with_the_chunk():
    many = features(4000)
    tracemalloc.start()
    neighbour_distances(many, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 4000**2 * 8


def test_many_columns_are_met_by_few_rows_at_a_time(monkeypatch):
    monkeypatch.setattr(distances, "_DISTANCES", 70)
    rows, columns = features(9), features(30, seed=1)
    chunks = [chunk for chunk, _ in squared_distances(rows, columns)]
    assert [chunk.stop - chunk.start for chunk in chunks] == [2, 2, 2, 2, 1]
    assert np.allclose(matrix(rows, columns), direct(rows, columns))


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (np.zeros(3), r"first features must have the shape \(samples, dimensions\), not \(3,\)"),
        (np.zeros((3, 0)), r"not \(3, 0\)"),
        (np.zeros((1, 3)), "At least 2 samples are needed; the first features hold 1"),
        (np.array([[0, np.nan, 1], [np.inf, 0, 1]]), "2 of 6 values of the first features are not finite"),
        (np.zeros((4, 2)), "first features have 2 dimensions and the second features 3"),
    ],
)
def test_unusable_features_are_refused(first, message):
    with pytest.raises(ValueError, match=message):
        checked_features(first, np.ones((4, 3)), names=("first features", "second features"), at_least=2)
