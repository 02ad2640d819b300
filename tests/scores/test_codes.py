import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from gan_pipelines.scores.codes import cluster_accuracy, optimal_assignment, score_codes

NAMES = ("cats", "dogs", "mice")
REPORT = {"class_names": NAMES, "heldout_accuracy": 0.95, "minimum_accuracy": 0.8, "sha256": "0" * 64}


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 3), (4, 6), (5, 5)])
def test_the_assignment_is_the_best_of_all(shape):
    generator = np.random.default_rng(0)
    rows = range(shape[0])
    for _ in range(40):
        gains = generator.integers(0, 6, shape)
        best = max(
            sum(gains[row, column] for row, column in zip(rows, columns, strict=True))
            for columns in itertools.permutations(range(shape[1]), shape[0])
        )
        assigned = optimal_assignment(gains)
        assert len(set(assigned.tolist())) == shape[0]
        assert gains[rows, assigned].sum() == best


def test_large_assignments_agree_with_scipys():
    for seed in range(5):
        gains = np.random.default_rng(seed).integers(0, 1000, (40, 50))
        chosen = linear_sum_assignment(gains, maximize=True)
        assert gains[range(40), optimal_assignment(gains)].sum() == gains[chosen].sum()


def test_categories_match_classes_under_the_best_naming():
    codes = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    found = np.array([2, 2, 0, 0, 0, 0, 1, 1, 1, 0])
    section = cluster_accuracy(codes, found, NAMES)
    assert section["value"] == 0.8
    assert section["class_of_category"] == {"0": "mice", "1": "cats", "2": "dogs"}
    assert section["by_category"] == {"0": 2 / 3, "1": 1.0, "2": 0.75}
    assert section["generated_images"] == 10


def test_categories_that_share_a_class_do_not_both_count():
    section = cluster_accuracy(np.array([0, 0, 1, 1]), np.array([2, 2, 2, 2]), NAMES)
    assert section["value"] == 0.5


def test_more_categories_than_classes_leave_some_without():
    codes = np.arange(40) % 4
    section = cluster_accuracy(codes, np.minimum(codes, 2), NAMES)
    assert section["value"] == 0.75
    assert len(section["class_of_category"]) == 3


def test_categories_that_mean_nothing_get_about_chance():
    generator = np.random.default_rng(0)
    section = cluster_accuracy(generator.integers(0, 3, 3000), generator.integers(0, 3, 3000), NAMES)
    assert section["value"] == pytest.approx(section["chance"], abs=0.03)
    assert section["chance"] > 1 / 3  # the best naming of noise is better than any one of them


@pytest.mark.parametrize(
    ("change", "reason"), [({"heldout_accuracy": 0.3}, "30.0%"), ({"class_names": []}, "no classes")]
)
def test_what_cannot_be_judged_is_refused(change, reason):
    scores = score_codes(np.array([0, 1]), np.array([0, 1]), REPORT | change)
    assert reason in scores["codes_refused"]
    assert "cluster_accuracy" not in scores


def test_scores_carry_the_network_that_judged():
    scores = score_codes(np.array([0, 1, 2]), np.array([1, 2, 0]), REPORT)
    assert scores["cluster_accuracy"]["value"] == 1
    assert scores["conditions"] == {"metric_network": "0" * 64, "heldout_accuracy": 0.95}
