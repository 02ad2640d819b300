import numpy as np
import pytest

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.scores.metric_network import (
    FEATURES,
    ImageFeatures,
    classification_data,
    evaluate,
    metric_network,
    predict,
)
from gan_pipelines.scores.metric_network import train_metric_network as train
from gan_pipelines.scores.parameters import MetricNetworkParameters

PARAMETERS = MetricNetworkParameters(epochs=6, batch_size=16, jit_compile=False)


def bars(count=96, size=8, seed=0):
    """Noisy images of two classes: a bright left half, a bright upper half."""
    generator = np.random.default_rng(seed)
    pixels = generator.uniform(-1, -0.4, (count, size, size, 1)).astype(np.float32)
    labels = np.arange(count) % 2
    pixels[labels == 0, :, : size // 2] += 1.2
    pixels[labels == 1, : size // 2] += 1.2
    return pixels, labels.astype(np.int64)


@pytest.fixture(scope="module")
def trained():
    pixels, labels = bars()
    return train("Metric network", pixels, labels, 2, PARAMETERS)


def test_it_learns_classes_and_reports_what_it_knows(trained):
    pixels, labels = bars(seed=1)
    report = evaluate(trained, pixels, labels, ("left", "up"), minimum_accuracy=0.95)
    assert report["heldout_accuracy"] > 0.95
    assert report["task"] == "classes"
    assert report["class_names"] == ["left", "up"]
    assert len(report["sha256"]) == 64
    wrong = evaluate(trained, pixels, 1 - labels, ("left", "up"), minimum_accuracy=0.95)
    assert wrong["heldout_accuracy"] == pytest.approx(1 - report["heldout_accuracy"])


def test_the_same_seed_gives_the_same_network(trained):
    pixels, labels = bars()
    again = train("Metric network", pixels, labels, 2, PARAMETERS)
    assert evaluate(again, pixels, labels, (), 0)["sha256"] == evaluate(trained, pixels, labels, (), 0)["sha256"]


def test_judgements_do_not_depend_on_the_batch(trained):
    pixels, _ = bars(seed=2)
    whole, parts = predict(trained, pixels), predict(trained, pixels, batch_size=7)
    assert np.allclose(whole.features, parts.features, atol=1e-5)
    assert whole.features.shape == (96, FEATURES)
    assert np.allclose(whole.probabilities.sum(axis=1), 1, atol=1e-12)


@pytest.fixture
def stored(tmp_path):
    """Images of 8x8 pixels on the disk."""
    image_bytes = np.random.default_rng(3).integers(0, 256, (70, 8, 8, 1), np.uint8)
    image_bytes.tofile(tmp_path / "bytes")
    return StoredPixels(np.memmap(tmp_path / "bytes", np.uint8, "r", shape=image_bytes.shape))


def test_images_on_the_disk_are_judged_batch_by_batch_as_in_memory(trained, stored, monkeypatch):
    in_memory, labels = normalise(np.asarray(stored.mapped)), np.arange(70) % 2
    expected, report = predict(trained, in_memory, 16), evaluate(trained, in_memory, labels, ("left", "up"), 0.5)
    monkeypatch.setattr(StoredPixels, "__array__", None)  # they are nowhere taken for one array
    image_features = predict(trained, stored, 16)
    assert np.array_equal(image_features.features, expected.features)
    assert np.array_equal(image_features.probabilities, expected.probabilities)
    assert evaluate(trained, stored, labels, ("left", "up"), 0.5) == report


def test_of_images_on_the_disk_only_those_that_are_turned_are_read(stored, monkeypatch):
    monkeypatch.setattr("gan_pipelines.scores.metric_network._MOST_ROTATED", 7)
    expected = classification_data(normalise(np.asarray(stored.mapped)), None, 0)
    read = []
    bytes_at = StoredPixels.bytes_at
    monkeypatch.setattr(StoredPixels, "bytes_at", lambda self, at: read.append(len(at)) or bytes_at(self, at))
    for of_stored, of_memory in zip(classification_data(stored, None, 0), expected, strict=True):
        np.testing.assert_array_equal(of_stored, of_memory)
    assert read == [7]


def test_with_classes_images_on_the_disk_are_learnt_from_there(stored):
    labels = np.arange(70) % 2
    assert classification_data(stored, labels, 2)[0] is stored


def test_the_likeliest_class_is_the_class():
    image_features = ImageFeatures(np.zeros((2, 1), np.float32), np.array([[0.2, 0.8], [0.6, 0.4]]))
    assert image_features.classes.tolist() == [1, 0]


def test_the_likeliest_class_of_a_stack_is_that_of_its_channels():
    probabilities = np.full((1, 3, 10), 0.05)
    probabilities[0, [0, 1, 2], [4, 0, 7]] = 0.55
    assert ImageFeatures(np.zeros((1, 3), np.float32), probabilities).classes.tolist() == [407]


def test_without_classes_it_learns_quarter_turns():
    pixels, _ = bars(count=3)
    turned, turns, classes = classification_data(pixels, None, 0)
    assert classes == 4
    assert turns.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert np.array_equal(turned[:3], pixels)
    assert np.array_equal(turned[3], np.rot90(pixels[0]))
    network = train("Metric network", turned, turns, classes, PARAMETERS.model_copy(update={"batch_size": 4}))
    assert evaluate(network, pixels, None, (), 0.9)["task"] == "rotations"


def test_of_stacks_it_learns_the_digits_and_looks_at_each_channel():
    gray, digits = bars()
    of_channels = np.random.default_rng(3).integers(len(gray), size=(60, 3))
    stacks = np.moveaxis(gray[of_channels][..., 0], 1, -1)
    classes = digits[of_channels] @ (100, 10, 1)
    pixels, labels, count = classification_data(stacks, classes, 1000, is_stacked=True)
    assert (pixels.shape[1:], count) == ((8, 8, 1), 10)
    assert len(pixels) == len(labels) == len(set(of_channels.ravel()))
    network = train("Metric network", pixels, labels, count, PARAMETERS)
    image_features, of_gray = predict(network, stacks), predict(network, gray)
    assert image_features.is_stacked
    assert not of_gray.is_stacked
    assert image_features.probabilities.shape == (60, 3, 10)
    assert np.allclose(image_features.probabilities, of_gray.probabilities[of_channels], atol=1e-5)
    assert np.allclose(image_features.features, of_gray.features[of_channels].reshape(60, 3 * FEATURES), atol=1e-4)
    report = evaluate(network, stacks, classes, [f"{number:03}" for number in range(1000)], None)
    assert (report["task"], report["minimum_accuracy"], report["heldout_images"]) == ("stacked", 0.8, 60)
    assert report["heldout_accuracy"] == np.mean(image_features.classes == classes) > 0.9


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (96, 96, 3), (8, 8, 1)])
def test_images_of_many_sizes(shape):
    network = metric_network(shape, classes=5, seed=0)
    features, logits = network(np.zeros((2, *shape), np.float32))
    assert features.shape == (2, FEATURES)
    assert logits.shape == (2, 5)
    assert network.count_params() < 1_000_000
