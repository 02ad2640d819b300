import numpy as np
import pytest

from gan_pipelines.scores.gan_train_test import (
    LabelledImages,
    gan_test,
    gan_train,
    gan_train_test,
    real_classifier,
)
from gan_pipelines.scores.parameters import MetricNetworkParameters

CLASSES = 4
LOOKS = 4  # of each class, at random: to know one of them does not help to know another
PARAMETERS = MetricNetworkParameters(epochs=12, batch_size=32, jit_compile=False)


def images(count, seed):
    """Noisy images of four classes, each of which comes in four looks."""
    looks = np.random.default_rng(0).choice([-0.7, 0.7], (CLASSES, LOOKS, 8, 8, 1))
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    pixels = looks[labels, np.arange(count) // CLASSES % LOOKS] + generator.normal(0, 0.15, (count, 8, 8, 1))
    return LabelledImages(np.clip(pixels, -1, 1).astype(np.float32), labels)


TRAINING, HELDOUT = images(256, seed=1), images(160, seed=2)


@pytest.fixture(scope="module")
def real():
    return real_classifier(TRAINING, HELDOUT, len(TRAINING), CLASSES, PARAMETERS)


def both(real, generated):
    return (
        gan_train(real, HELDOUT, generated, CLASSES, PARAMETERS).accuracy,
        gan_test(real, generated, CLASSES).accuracy,
    )


def test_the_toy_can_be_learnt(real):
    assert real.accuracy > 0.98
    assert real.images == 256


def test_a_generator_that_gives_back_the_training_images_gets_the_baseline():
    trained, tested = gan_train_test(TRAINING, HELDOUT, TRAINING, CLASSES, PARAMETERS)
    assert trained.accuracy == trained.real_baseline == tested.real_baseline
    assert tested.accuracy > 0.98
    assert (trained.training_images, trained.tested_images) == (256, 160)
    assert (tested.training_images, tested.tested_images) == (256, 256)
    assert trained.chance == trained.largest_class == tested.chance == 1 / CLASSES


def test_labels_that_mean_nothing_get_chance(real):
    labels = np.random.default_rng(3).permutation(TRAINING.labels)
    trained, tested = both(real, LabelledImages(TRAINING.pixels, labels))
    # Sixteen looks are guessed, each with all its images.
    assert trained == pytest.approx(1 / CLASSES, abs=0.25)
    assert tested == pytest.approx(1 / CLASSES, abs=0.1)


def test_one_right_image_of_each_class_is_right_but_teaches_little(real):
    first = [int(np.flatnonzero(TRAINING.labels == label)[0]) for label in range(CLASSES)]
    copies = np.tile(first, len(TRAINING) // CLASSES)
    trained, tested = both(real, LabelledImages(TRAINING.pixels[copies], TRAINING.labels[copies]))
    assert tested == 1
    # A quarter of the looks is known, and the rest is guessed: 0.25 + 0.75 / 4 = 0.44.
    assert 0.25 < trained < 0.7


def test_one_class_only_teaches_one_class(real):
    zeros = np.flatnonzero(TRAINING.labels == 0)
    copies = np.tile(zeros, CLASSES)
    generated = LabelledImages(TRAINING.pixels[copies], TRAINING.labels[copies])
    trained, tested = both(real, generated)
    assert trained == 1 / CLASSES
    assert tested > 0.98
    # Who always says 0 would be right as well, and the score shows it.
    assert gan_test(real, generated, CLASSES).largest_class == 1


def test_both_sides_learn_from_as_many_images():
    fewer = LabelledImages(TRAINING.pixels[:96], TRAINING.labels[:96])
    short = PARAMETERS.model_copy(update={"epochs": 1})
    assert {score.training_images for score in gan_train_test(TRAINING, HELDOUT, fewer, CLASSES, short)} == {96}
    assert {score.training_images for score in gan_train_test(fewer, HELDOUT, TRAINING, CLASSES, short)} == {96}


def test_what_does_not_belong_together_is_refused(real):
    pixels, labels = TRAINING.pixels[:8], TRAINING.labels[:8]
    with pytest.raises(ValueError, match="one label per image are needed"):
        LabelledImages(pixels, labels[:7])
    with pytest.raises(ValueError, match="one label per image are needed"):
        LabelledImages(pixels[:0], labels[:0])
    with pytest.raises(ValueError, match="Labels range from 4 to 7; with 4 classes, they must be from 0 to 3"):
        gan_test(real, LabelledImages(pixels, labels + 4), CLASSES)
    with pytest.raises(ValueError, match=r"takes images \(8, 8, 1\), not \(8, 4, 1\)"):
        gan_test(real, LabelledImages(pixels[:, :, :4], labels), CLASSES)
    with pytest.raises(ValueError, match="1 to 8 images, not 256"):
        gan_train(real, HELDOUT, LabelledImages(pixels, labels), CLASSES, PARAMETERS)
