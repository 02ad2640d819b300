import numpy as np
import pytest

from gan_pipelines.scores.pairs import score_pairs

KNOWS = {
    "task": "classes",
    "class_names": ["zero", "one", "two"],
    "heldout_accuracy": 0.9,
    "minimum_accuracy": 0.8,
    "sha256": "a" * 64,
}
LEFT, RIGHT = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])


def test_pairs_agree_where_both_judges_see_the_same_class():
    section = score_pairs(LEFT, RIGHT, {"left": KNOWS, "right": KNOWS | {"heldout_accuracy": 0.85}})["pair_agreement"]
    assert section["value"] == 0.75
    assert section["chance"] == pytest.approx(0.75 * 0.5 + 0.25 * 0.5)
    assert section["by_class"] == {"zero": pytest.approx(2 / 3), "one": 1.0}
    assert section["heldout_accuracy"] == {"left": 0.9, "right": 0.85}
    assert section["generated_pairs"] == 4


def test_a_generator_of_one_class_agrees_by_chance_alone():
    same = np.zeros(5, np.int64)
    section = score_pairs(same, same, {"left": KNOWS, "right": KNOWS})["pair_agreement"]
    assert section["value"] == section["chance"] == 1.0


@pytest.mark.parametrize(
    ("report", "reason"),
    [({"heldout_accuracy": 0.5}, "50.0% of held-out images"), ({"task": "rotations"}, "real images with classes")],
)
@pytest.mark.parametrize("ignorant", ["left", "right"])
def test_a_judge_that_knows_too_little_says_nothing(report, reason, ignorant):
    metric_networks = {"left": KNOWS, "right": KNOWS}
    scores = score_pairs(LEFT, RIGHT, metric_networks | {ignorant: KNOWS | report})
    assert "pair_agreement" not in scores
    assert reason in scores["pairs_refused"]
    assert scores["conditions"].keys() == {"left", "right"}
