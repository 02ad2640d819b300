import json

import numpy as np
import pytest

from gan_pipelines.scores.evaluation import FeatureSets, PixelSets, score_samples, sliced_wasserstein_sections
from gan_pipelines.scores.metric_network import ImageFeatures
from gan_pipelines.scores.parameters import ScoringParameters

NETWORK = {
    "task": "classes",
    "class_names": ["zero", "one", "two"],
    "heldout_accuracy": 0.99,
    "heldout_images": 90,
    "minimum_accuracy": 0.95,
    "sha256": "ab",
    "features": {
        "label": "metric_network",
        "layer": "features",
        "sha256": "ab",
        "dimensions": 4,
        "distance": "frechet_classifier_distance",
    },
}
OF_A_FILE = {
    "label": "file:mine.keras",
    "layer": "output",
    "sha256": "cd",
    "dimensions": 4,
    "distance": "frechet_file_distance",
}


def image_features(count, shift=0.0, seed=0, classes=(0, 1, 2)):
    """Features around a shift, and classes one after the other, each certain."""
    features = np.random.default_rng(seed).normal(shift, 1, (count, 4)).astype(np.float32)
    return ImageFeatures(features, np.eye(3)[np.resize(classes, count)])


def judged(samples=None, heldout=90):
    return FeatureSets(
        training=image_features(200, seed=1),
        heldout=image_features(heldout, seed=2),
        samples=samples or image_features(300, shift=0.5, seed=3),
        untrained=image_features(300, shift=5, seed=4),
    )


def test_the_distance_lies_between_floor_and_ceiling_at_one_count():
    distance = score_samples(judged(), NETWORK, ScoringParameters())["frechet_classifier_distance"]
    assert 0 < distance["real_baseline"] < distance["value"] < distance["untrained_baseline"]
    assert distance["value"] == pytest.approx(4 * 0.5**2, rel=0.5)
    assert distance["ratio_to_real"] == distance["value"] / distance["real_baseline"]
    assert distance["real_images"] == distance["generated_images"] == 90
    assert distance["low_n"]


def test_more_held_out_images_than_samples_are_drawn_from_by_the_seed():
    first = score_samples(judged(image_features(50, seed=3)), NETWORK, ScoringParameters(seed=0))
    other = score_samples(judged(image_features(50, seed=3)), NETWORK, ScoringParameters(seed=1))
    distances = [scores["frechet_classifier_distance"] for scores in (first, other)]
    assert [distance["real_images"] for distance in distances] == [50, 50]
    assert distances[0]["value"] != distances[1]["value"]


def test_classes_are_counted_and_named():
    scores = score_samples(judged(image_features(100, classes=[0] * 97 + [2] * 3)), NETWORK, ScoringParameters())
    coverage = scores["class_coverage"]
    assert coverage["shares"] == {"zero": 0.97, "one": 0.0, "two": 0.03}
    assert (coverage["covered_classes"], coverage["classes"], coverage["classes_above_minimum_fraction"]) == (2, 3, 2)
    assert coverage["smallest_class"] == "one"
    assert coverage["reverse_kl"] == pytest.approx(0.97 * np.log(0.97 * 3) + 0.03 * np.log(0.03 * 3), rel=0.02)
    assert 1 < scores["classifier_score"]["value"] < 1.5
    assert scores["classifier_score"]["heldout"] == pytest.approx(3, rel=0.1)


SIMILARITY = {"kernel_distance", "precision_recall", "density_coverage", "two_sample_test", "ndb"}


def test_without_classes_only_what_compares_features_is_scored():
    scores = score_samples(judged(), NETWORK | {"task": "rotations", "class_names": []}, ScoringParameters())
    assert scores.keys() == {"frechet_classifier_distance", "conditions"} | SIMILARITY
    for name in SIMILARITY:
        assert scores[name]["real_images"] == scores[name]["generated_images"] > 0
        assert isinstance(scores[name]["real_baseline"], dict)


def stacked_judgement(classes, seed):
    """Stacks of these classes, each channel's digit certain."""
    digits = np.stack([classes // 100, classes // 10 % 10, classes % 10], axis=1)
    return ImageFeatures(
        np.random.default_rng(seed).normal(size=(len(classes), 6)).astype(np.float32), np.eye(10)[digits]
    )


def stacked_scores(drawn):
    """Scores of stacks of the drawn classes, beside reals in which all digits are equally frequent."""
    reals = np.arange(0, 1000, 3)  # by its own count, two of three classes would have no real image
    judged = FeatureSets(
        training=stacked_judgement(reals, 1),
        heldout=stacked_judgement(999 - reals, 2),
        samples=stacked_judgement(drawn, 3),
        untrained=stacked_judgement(np.zeros(50, np.int64), 4),
    )
    names = [f"{number:03}" for number in range(1000)]
    network = NETWORK | {"task": "stacked", "class_names": names}
    return score_samples(judged, network, ScoringParameters(minimum_fraction=1e-4))


def test_of_stacks_modes_are_counted_among_a_thousand():
    drawn = np.random.default_rng(0).integers(0, 1000, 26_000)
    scores = stacked_scores(drawn)
    coverage = scores["class_coverage"]
    assert (coverage["covered_classes"], coverage["classes"], coverage["classes_without_real_images"]) == (
        1000,
        1000,
        [],
    )
    assert coverage["reverse_kl_expected"] == 999 / 52_000
    assert coverage["reverse_kl"] == pytest.approx(coverage["reverse_kl_expected"], rel=0.15)
    assert coverage["classes_above_minimum_fraction"] == 1000
    assert "shares" not in coverage
    assert "classifier_score" not in scores
    assert "class_names" not in scores["conditions"]["metric_network"]
    assert len(json.dumps(scores, allow_nan=False)) < 4000


def test_half_of_the_modes_are_ln_2_away():
    few = np.append(np.repeat(np.arange(500), 52), 999)
    coverage = stacked_scores(few)["class_coverage"]
    assert coverage["reverse_kl"] == pytest.approx(np.log(2), abs=1e-3)
    assert (coverage["covered_classes"], coverage["classes_above_minimum_fraction"]) == (501, 500)
    assert coverage["smallest_class"] == "500"


def test_one_mode_is_ln_1000_away():
    assert stacked_scores(np.full(26_000, 407))["class_coverage"]["reverse_kl"] == pytest.approx(np.log(1000), rel=0.01)


def noise(count, seed, size=32, largest=256):
    return np.random.default_rng(seed).integers(0, largest, (count, size, size, 1), np.uint8)


def test_patches_of_pixels_are_compared_beside_those_of_real_and_untrained_images():
    coarse = noise(9, 3, size=16).repeat(2, axis=1).repeat(2, axis=2)
    sets = PixelSets(noise(20, 1), noise(12, 2), samples=(noise(9, 4) // 2 + coarse // 2), untrained=coarse)
    scores = sliced_wasserstein_sections(sets, ScoringParameters())
    section = scores["sliced_wasserstein"]
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores
    assert section["real_images"] == section["generated_images"] == 9
    assert section["levels"].keys() == {"32", "16"}
    for part in (section, *section["levels"].values()):
        assert 0 < part["real_baseline"] < part["value"] < part["untrained_baseline"]
    assert section["value"] == np.mean([level["value"] for level in section["levels"].values()])
    assert section["ratio_to_real"] == section["value"] / section["real_baseline"]
    fewer = sliced_wasserstein_sections(sets, ScoringParameters(sliced_wasserstein_images=5, seed=1))
    assert fewer["sliced_wasserstein"]["generated_images"] == 5
    assert fewer["sliced_wasserstein"]["value"] != section["value"]


def test_real_images_that_equal_the_others_give_no_ratio():
    same = noise(4, 0)
    section = sliced_wasserstein_sections(PixelSets(same, same, noise(4, 1), same), ScoringParameters())
    assert section["sliced_wasserstein"]["real_baseline"] == 0
    assert section["sliced_wasserstein"]["ratio_to_real"] is None


def test_too_small_images_have_a_reason_in_place_of_patches():
    small = noise(4, 0, size=8)
    assert sliced_wasserstein_sections(PixelSets(small, small, small, small), ScoringParameters()) == {
        "sliced_wasserstein_refused": (
            "The sliced Wasserstein distance needs pictures of at least 16x16 pixels; they have 8x8."
        )
    }


def test_a_network_that_knows_too_little_does_not_score():
    scores = score_samples(judged(), NETWORK | {"heldout_accuracy": 0.5}, ScoringParameters())
    assert scores.keys() == {"refused", "conditions"}
    assert "50.0% of held-out images" in scores["refused"]


def test_features_of_a_file_are_compared_under_their_own_name():
    scores = score_samples(judged(), NETWORK | {"features": OF_A_FILE}, ScoringParameters())
    assert "frechet_classifier_distance" not in scores
    assert scores["frechet_file_distance"]["value"] > 0
    assert scores["conditions"]["feature_network"] == OF_A_FILE
    assert scores["conditions"]["metric_network"]["sha256"] == "ab"


def test_features_of_a_file_need_no_metric_network_but_classes_do():
    network = NETWORK | {"heldout_accuracy": 0.5, "features": OF_A_FILE}
    scores = score_samples(judged(), network, ScoringParameters())
    assert "50.0% of held-out images" in scores["classes_refused"]
    assert {"frechet_file_distance", "precision_recall"} <= scores.keys()
    assert not {"classifier_score", "class_coverage", "refused"} & scores.keys()


def test_scores_are_json_with_their_conditions():
    scores = score_samples(judged(), NETWORK, ScoringParameters())
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores
    assert scores["conditions"]["metric_network"]["sha256"] == "ab"
    assert scores["conditions"]["real_split"] == "heldout"
