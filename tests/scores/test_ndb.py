import numpy as np
import pytest

from gan_pipelines.scores.ndb import BinDifferences, bin_differences, bin_scores


def features(samples, seed, places=8):
    """Samples around well separated places, evenly."""
    random = np.random.default_rng(seed)
    return np.eye(8)[random.integers(0, places, samples)] * 10 + random.normal(size=(samples, 8))


def test_bins_differ_beyond_chance_alone():
    expected = np.array([130, 120, 750, 0])
    found = bin_differences(np.array([100, 100, 800, 0]), expected)
    # z = -2.10, -1.43 and 2.66; the empty bin is the same on both sides.
    assert (found.ndb, found.different_fraction) == (2, 0.5)
    assert bin_differences(expected, expected) == BinDifferences(0, 0, 0)


def test_the_divergence_is_in_nats():
    assert bin_differences(np.array([50, 0]), np.array([0, 80])).jensen_shannon == pytest.approx(np.log(2))
    by_hand = (np.log(4 / 3) + 0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(2)) / 2
    assert bin_differences(np.array([50, 0]), np.array([40, 40])).jensen_shannon == pytest.approx(by_hand)


def test_alike_images_differ_in_about_a_twentieth_of_the_bins():
    scores = [bin_scores(features(2000, 3 * n), features(1000, 3 * n + 1), features(1000, 3 * n + 2)) for n in range(3)]
    shares = [side.different_fraction for score in scores for side in (score.generated, score.heldout)]
    assert scores[0].bins == 100
    assert np.mean(shares) == pytest.approx(0.05, abs=0.05)


def test_missing_places_show_beside_held_out_images():
    scores = bin_scores(features(2000, 0), features(1000, 1, places=4), features(1000, 2), bins=8)
    assert scores.generated.different_fraction == 1
    assert scores.heldout.different_fraction <= 0.25
    assert scores.generated.jensen_shannon > 0.1 > scores.heldout.jensen_shannon


def test_each_bin_has_enough_images():
    assert bin_scores(features(2000, 0), features(200, 1), features(300, 2)).bins == 20
    with pytest.raises(ValueError, match="At least 20 samples are needed; the held-out features hold 19"):
        bin_scores(features(200, 0), features(200, 1), features(19, 2))
    with pytest.raises(ValueError, match="at least 2 bins, not 1"):
        bin_scores(features(200, 0), features(200, 1), features(200, 2), bins=1)


def test_the_seed_decides_where_clustering_begins():
    sets = [np.random.default_rng(n).normal(size=(600, 8)) for n in range(3)]
    assert bin_scores(*sets, seed=1) == bin_scores(*sets, seed=1)
    assert bin_scores(*sets, seed=1) != bin_scores(*sets, seed=2)


@pytest.mark.parametrize("counts", [[[1, 2]], [1], [0, 0]])
def test_counts_that_do_not_compare_are_refused(counts):
    with pytest.raises(ValueError, match="a count for each bin"):
        bin_differences(np.array(counts), np.array([3, 4]))
