import numpy as np
import pytest
from keras import Input, Model, layers

from gan_pipelines.pixels import normalise
from gan_pipelines.scores.evaluation import seeded_subset
from gan_pipelines.scores.frechet import frechet_distance, real_baseline
from gan_pipelines.scores.metric_network import predict
from gan_pipelines.scores.parameters import TranslationScoringParameters
from gan_pipelines.scores.translation_distance import score_distance

DISTANCE = "frechet_classifier_distance"
REPORT = {
    "heldout_accuracy": 0.9,
    "minimum_accuracy": 0.5,
    "features": {"label": "metric_network", "distance": DISTANCE},
}
PARAMETERS = TranslationScoringParameters()


def metric_network():
    pixels = Input((2, 2, 1))
    features = layers.Flatten()(pixels)
    return Model(pixels, [features, layers.Rescaling(1.0)(features)])


def pictures(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 2, 2, 1), np.uint8)


def features_of(shown):
    return predict(metric_network(), normalise(shown)).features


def scored(translations, heldout, training=20):
    reals = {"training": features_of(pictures(training, 1)), "heldout": features_of(pictures(heldout, 2))}
    methods = {"mean_picture": pictures(translations, 3)}
    return score_distance((pictures(translations, 4), methods), reals, metric_network(), REPORT, PARAMETERS)


@pytest.mark.parametrize(("translations", "heldout", "training"), [(1, 7, 20), (7, 1, 20), (7, 7, 1)])
def test_fewer_than_two_pictures_of_a_kind_have_no_distance_but_a_reason(translations, heldout, training):
    scores = scored(translations, heldout, training)
    assert scores.keys() == {"refused", "conditions"}
    assert "2 training pictures, 2 held-out pictures and 2 translations" in scores["refused"]


@pytest.mark.parametrize(("translations", "heldout"), [(3, 7), (7, 3), (5, 5)])
def test_all_distances_are_of_equally_many_pictures(translations, heldout):
    section, count = scored(translations, heldout)[DISTANCE], min(translations, heldout)
    training, reals = features_of(pictures(20, 1)), features_of(pictures(heldout, 2))
    compared = seeded_subset(reals, count, PARAMETERS.seed)
    for found, seed in ((section["value"], 4), (section["baselines"]["mean_picture"], 3)):
        shown = seeded_subset(features_of(pictures(translations, seed)), count, PARAMETERS.seed)
        assert len(compared) == len(shown) == count
        assert found == pytest.approx(frechet_distance(compared, shown))
    expected = real_baseline(training, reals, count, PARAMETERS.baseline_draws, PARAMETERS.seed).mean
    assert section["real_baseline"] == pytest.approx(expected)
    assert section["real_images"] == section["generated_images"] == count


def test_few_translations_of_many_pictures_are_flagged():
    section = scored(3, 1001, training=1001)[DISTANCE]
    assert section["low_n"]
    assert section["generated_images"] == 3
