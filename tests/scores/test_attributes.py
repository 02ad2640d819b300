"""Agreement of attributes: by hand, and a network that reads them."""

import numpy as np
import pytest

from gan_pipelines.scores.attributes import attribute_agreement, read_attributes, train_attribute_network
from gan_pipelines.scores.parameters import ClassifierTrainingParameters

NAMES = (("colour", ("dark", "light")), ("side", ("left", "middle", "right")))
SAID = np.array([[0, 0], [1, 2], [1, 1], [0, 2]])


def test_agreement_is_counted_by_attribute_and_for_all_together():
    read = np.array([[0, 0], [1, 1], [0, 1], [0, 2]])
    found = attribute_agreement(read, SAID, SAID, NAMES, seed=0)
    assert found["value"] == pytest.approx(6 / 8)
    assert found["all"] == pytest.approx(2 / 4)
    assert found["by_attribute"] == {"colour": pytest.approx(3 / 4), "side": pytest.approx(3 / 4)}
    assert found["standard_error"] == pytest.approx(np.std([1, 0.5, 0.5, 1], ddof=1) / 2)
    assert found["real_baseline"]["value"] == 1
    assert found["ratio_to_shuffled"] == pytest.approx(0.75 / found["shuffled_baseline"]["value"])


def test_pictures_that_ignore_their_captions_agree_as_often_with_those_of_others():
    said = np.random.default_rng(0).integers(0, 2, (500, 2))
    read = np.random.default_rng(1).integers(0, 2, (500, 2))
    found = attribute_agreement(read, said, said, NAMES, seed=0)
    assert found["ratio_to_shuffled"] == pytest.approx(1, abs=0.1)


def test_a_network_reads_all_attributes():
    values = np.stack(np.meshgrid([0, 1], [0, 1, 2]), axis=-1).reshape(-1, 2).repeat(20, axis=0)
    pixels = np.random.default_rng(0).normal(0, 0.1, (len(values), 9, 9, 1)).astype(np.float32)
    for picture, (colour, side) in zip(pixels, values, strict=True):
        picture[:, 3 * side : 3 * side + 3] += 0.9 if colour else -0.9
    parameters = ClassifierTrainingParameters(epochs=20, batch_size=16)
    network = train_attribute_network("Attributes", pixels, values, NAMES, parameters)
    assert (read_attributes(network, pixels, NAMES) == values).mean() > 0.98
