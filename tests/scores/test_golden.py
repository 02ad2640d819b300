"""Our numbers beside those of torch-fidelity and prdc, which ``golden.py`` wrote down."""

import json
from pathlib import Path

import numpy as np
import pytest

from gan_pipelines.scores.classifier import classifier_score
from gan_pipelines.scores.frechet import frechet_distance
from gan_pipelines.scores.kernel import exact_kernel_distance
from gan_pipelines.scores.precision_recall import density_coverage, precision_recall
from tests.scores.golden import golden_features, kernel_subsets, sums

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text("utf8"))
FIDELITY, PRDC = GOLDEN["torch-fidelity"], GOLDEN["prdc"]
REAL, FAKE, LOGITS = golden_features()


def near(value):
    return pytest.approx(value, rel=1e-6)


def test_the_features_are_the_same():
    assert sums(REAL, FAKE, LOGITS) == pytest.approx(GOLDEN["absolute_sums"], rel=1e-12)


def test_the_frechet_distance():
    assert frechet_distance(REAL, FAKE) == near(FIDELITY["frechet_inception_distance"])


def test_the_kernel_distance_of_the_same_subsets():
    distances = [exact_kernel_distance(real, generated) for real, generated in kernel_subsets(REAL, FAKE)]
    assert np.mean(distances) == near(FIDELITY["kernel_inception_distance_mean"])
    assert np.std(distances) == near(FIDELITY["kernel_inception_distance_std"])


def test_precision_and_recall_of_the_convention_that_balls_hold_their_surface():
    score = precision_recall(REAL, FAKE, k=3)
    assert (score.precision, score.recall) == (near(FIDELITY["precision"]), near(FIDELITY["recall"]))


@pytest.mark.parametrize("k", [3, 5])
def test_density_and_coverage_of_the_convention_that_balls_do_not(k):
    score, expected = density_coverage(REAL, FAKE, k), PRDC[str(k)]
    assert (score.density, score.coverage) == (near(expected["density"]), near(expected["coverage"]))


def test_the_classifier_score_of_the_same_splits():
    probabilities = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    scores = [classifier_score(split, splits=1).mean for split in np.split(probabilities, 5)]
    assert np.mean(scores) == near(FIDELITY["inception_score_mean"])
    assert np.std(scores) == near(FIDELITY["inception_score_std"])
