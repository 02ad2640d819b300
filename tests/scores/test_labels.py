import numpy as np
import pytest

from gan_pipelines.scores.gan_train_test import LabelledImages
from gan_pipelines.scores.labels import label_agreement, score_labels
from gan_pipelines.scores.parameters import MetricNetworkParameters

NAMES = ("round", "square", "never asked for")
REPORT = {"class_names": NAMES, "heldout_accuracy": 0.95, "minimum_accuracy": 0.8, "sha256": "0" * 64}
PARAMETERS = MetricNetworkParameters(epochs=2, batch_size=16, jit_compile=False)


def images(count, seed=0):
    labels = np.arange(count) % 2
    noise = np.random.default_rng(seed).normal(0, 0.1, (count, 8, 8, 1))
    return LabelledImages((np.where(labels, 0.5, -0.5)[:, None, None, None] + noise).astype(np.float32), labels)


def test_agreement_is_counted_over_all_and_by_class():
    asked, found = np.array([0, 1, 0, 1, 0]), np.array([0, 1, 1, 1, 2])
    section = label_agreement(found, asked, NAMES, heldout_accuracy=0.9)
    assert section == {
        "value": 0.6,
        "chance": 1 / 3,
        "heldout_reals": 0.9,
        "smallest_agreement": 1 / 3,
        "smallest_agreement_of": "round",
        "generated_images": 5,
        "by_class": {"round": 1 / 3, "square": 1.0},
    }


def test_many_classes_are_not_listed():
    section = label_agreement(np.arange(101), np.arange(101), [str(number) for number in range(101)], 1.0)
    assert section["value"] == 1
    assert "by_class" not in section


def test_labels_are_scored_by_the_metric_network_and_by_what_they_teach():
    generated = images(48, seed=1)
    scores = score_labels(generated, generated.labels, images(64), images(32, seed=2), REPORT, PARAMETERS)
    assert scores["label_agreement"]["value"] == 1
    assert scores["gan_train"]["training_images"] == 48
    assert scores["gan_test"]["tested_images"] == 48
    assert scores["gan_train"]["real_baseline"] == scores["gan_test"]["real_baseline"] > 0.9
    assert scores["conditions"]["metric_network"] == REPORT["sha256"]


def test_a_metric_network_that_knows_too_little_does_not_judge_labels():
    generated = images(48, seed=1)
    ignorant = REPORT | {"heldout_accuracy": 0.3}
    scores = score_labels(generated, generated.labels, images(64), images(32), ignorant, PARAMETERS)
    assert "30.0%" in scores["labels_refused"]
    assert "label_agreement" not in scores


@pytest.mark.parametrize("name", ["gan_train", "gan_test"])
def test_wrong_labels_lower_both(name):
    generated = images(48, seed=1)
    wrong = LabelledImages(generated.pixels, 1 - generated.labels)
    scores = score_labels(wrong, generated.labels, images(64), images(32, seed=2), REPORT, PARAMETERS)
    assert scores["label_agreement"]["value"] == 0
    assert scores[name]["accuracy"] < 0.2
