import json

import numpy as np
import pytest

from gan_pipelines.scores.evaluation import Judged, score_samples
from gan_pipelines.scores.metric_network import Judgement
from gan_pipelines.scores.parameters import ScoringParameters

NETWORK = {
    "task": "classes",
    "class_names": ["zero", "one", "two"],
    "heldout_accuracy": 0.99,
    "heldout_images": 90,
    "accuracy_floor": 0.95,
    "sha256": "ab",
}


def judgement(count, shift=0.0, seed=0, classes=(0, 1, 2)):
    """Features around a shift, and classes one after the other, each certain."""
    features = np.random.default_rng(seed).normal(shift, 1, (count, 4)).astype(np.float32)
    return Judgement(features, np.eye(3)[np.resize(classes, count)])


def judged(samples=None, heldout=90):
    return Judged(
        training=judgement(200, seed=1),
        heldout=judgement(heldout, seed=2),
        samples=samples or judgement(300, shift=0.5, seed=3),
        untrained=judgement(300, shift=5, seed=4),
    )


def test_the_distance_lies_between_floor_and_ceiling_at_one_count():
    distance = score_samples(judged(), NETWORK, ScoringParameters())["frechet_classifier_distance"]
    assert 0 < distance["floor"] < distance["value"] < distance["ceiling"]
    assert distance["value"] == pytest.approx(4 * 0.5**2, rel=0.5)
    assert distance["times_floor"] == distance["value"] / distance["floor"]
    assert distance["real_images"] == distance["generated_images"] == 90
    assert distance["low_n"]


def test_more_held_out_images_than_samples_are_drawn_from_by_the_seed():
    first = score_samples(judged(judgement(50, seed=3)), NETWORK, ScoringParameters(seed=0))
    other = score_samples(judged(judgement(50, seed=3)), NETWORK, ScoringParameters(seed=1))
    distances = [scores["frechet_classifier_distance"] for scores in (first, other)]
    assert [distance["real_images"] for distance in distances] == [50, 50]
    assert distances[0]["value"] != distances[1]["value"]


def test_classes_are_counted_and_named():
    scores = score_samples(judged(judgement(100, classes=[0] * 97 + [2] * 3)), NETWORK, ScoringParameters())
    coverage = scores["class_coverage"]
    assert coverage["shares"] == {"zero": 0.97, "one": 0.0, "two": 0.03}
    assert (coverage["covered_classes"], coverage["classes"], coverage["classes_above_minimum_share"]) == (2, 3, 2)
    assert coverage["smallest_class"] == "one"
    assert coverage["reverse_kl"] == pytest.approx(0.97 * np.log(0.97 * 3) + 0.03 * np.log(0.03 * 3), rel=0.02)
    assert 1 < scores["classifier_score"]["value"] < 1.5
    assert scores["classifier_score"]["heldout"] == pytest.approx(3, rel=0.1)


def test_without_classes_only_the_distance_is_scored():
    scores = score_samples(judged(), NETWORK | {"task": "turns", "class_names": []}, ScoringParameters())
    assert scores.keys() == {"frechet_classifier_distance", "conditions"}


def test_a_network_that_knows_too_little_does_not_score():
    scores = score_samples(judged(), NETWORK | {"heldout_accuracy": 0.5}, ScoringParameters())
    assert scores.keys() == {"refused", "conditions"}
    assert "50.0% of held-out images" in scores["refused"]


def test_scores_are_json_with_their_conditions():
    scores = score_samples(judged(), NETWORK, ScoringParameters())
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores
    assert scores["conditions"]["metric_network"]["sha256"] == "ab"
    assert scores["conditions"]["real_split"] == "heldout"
