"""GAN-train and GAN-test: accuracies of classifiers trained on generated and tested on real images, and vice versa.

Shmelkov, Schmid and Alahari, "How good is my GAN?", 2018. GAN-train decreases if generated images lack variety or are
of the wrong class, GAN-test only if they are of the wrong class; a generator that memorises one image per class reaches
the best GAN-test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.metric_network import predict, train_metric_network
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images and their class labels; for generated images, the requested classes.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        labels: Class indices, ``(images,)``.

    Raises:
        ValueError: If there are no images, or not one label per image.
    """

    pixels: Pixels
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not len(self.pixels) or self.labels.shape != (len(self.pixels),):
            raise ValueError(
                f"At least one image and one label per image are needed; found images of shape {self.pixels.shape} and "
                f"labels of shape {self.labels.shape}."
            )

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True)
class LabelledAccuracy:
    """Accuracy of a classifier for GAN-train or GAN-test, with baselines.

    Args:
        accuracy: Fraction of test images classified correctly, in [0, 1].
        real_baseline: Accuracy on held-out real images of a classifier trained on as many real images.
        chance: Accuracy of uniform guessing, 1 / classes.
        largest_class: Accuracy of always predicting the most frequent class of the test images.
        training_images: Number of training images of the classifier.
        tested_images: Number of test images.
    """

    accuracy: float
    real_baseline: float
    chance: float
    largest_class: float
    training_images: int
    tested_images: int


@dataclass(frozen=True, eq=False)
class RealClassifier:
    """Classifier trained on real images: the baseline of GAN-train, and the classifier of GAN-test.

    Args:
        network: From pixels to features and logits.
        accuracy: Accuracy on held-out real images, in [0, 1].
        images: Number of real training images.
    """

    network: keras.Model
    accuracy: float
    images: int


def gan_train_test(
    training: LabelledImages,
    heldout: LabelledImages,
    generated: LabelledImages,
    classes: int,
    parameters: ClassifierTrainingParameters,
) -> tuple[LabelledAccuracy, LabelledAccuracy]:
    """Trains one classifier on real and one on as many generated images, with equal steps and initial weights.

    Args:
        training: Real training images.
        heldout: Real images that neither the generator nor a classifier is trained on.
        generated: Images of a conditional generator, quantised to bytes like the real ones.
        classes: Number of classes.
        parameters: Training parameters of both classifiers; the seed also draws the subset of the larger set.

    Returns:
        GAN-train and GAN-test.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
        ValueError: If image shapes differ, or a label is out of range.
    """
    real = real_classifier(training, heldout, min(len(training), len(generated)), classes, parameters)
    return gan_train(real, heldout, generated, classes, parameters), gan_test(real, generated, classes)


def real_classifier(
    training: LabelledImages,
    heldout: LabelledImages,
    images: int,
    classes: int,
    parameters: ClassifierTrainingParameters,
) -> RealClassifier:
    """Trains a classifier on a random subset of ``images`` real training images.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
        ValueError: If image shapes differ, a label is out of range, or there are fewer than ``images`` images.
    """
    network = _train("Classifier of real images", training, images, classes, parameters)
    return RealClassifier(network, _accuracy(network, heldout, classes), images)


def gan_train(
    real: RealClassifier,
    heldout: LabelledImages,
    generated: LabelledImages,
    classes: int,
    parameters: ClassifierTrainingParameters,
) -> LabelledAccuracy:
    """Trains a classifier on as many generated images as ``real``, and tests it on held-out real images.

    Args:
        real: Classifier trained with the same parameters.
        heldout: Real images that ``real`` was tested on.
        generated: Generated images and their requested classes.
        classes: Number of classes.
        parameters: Training parameters.

    Raises:
        UserError: If the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
        ValueError: If image shapes differ, a label is out of range, or there are fewer generated images than ``real``
            was trained on.
    """
    network = _train("Classifier of generated images", generated, real.images, classes, parameters)
    return _result(_accuracy(network, heldout, classes), real, heldout, classes)


def gan_test(real: RealClassifier, generated: LabelledImages, classes: int) -> LabelledAccuracy:
    """Tests a classifier of real images on all generated images.

    Args:
        real: Classifier trained on real images.
        generated: Generated images and their requested classes.
        classes: Number of classes.

    Raises:
        ValueError: If image shapes differ, or a label is out of range.
    """
    return _result(_accuracy(real.network, generated, classes), real, generated, classes)


def _result(accuracy: float, real: RealClassifier, tested: LabelledImages, classes: int) -> LabelledAccuracy:
    largest_class = float(np.bincount(tested.labels).max() / len(tested))
    return LabelledAccuracy(accuracy, real.accuracy, 1 / classes, largest_class, real.images, len(tested))


def _train(
    title: str, images: LabelledImages, count: int, classes: int, parameters: ClassifierTrainingParameters
) -> keras.Model:
    _check_labels(images, classes)
    if not 0 < count <= len(images):
        raise ValueError(f"A classifier can be trained on 1 to {len(images):,} images, not {count:,}.")
    # The same stream for both classifiers: a generator that reproduces the training images scores the exact baseline.
    generator = random_generator(parameters.seed, "images to classify")
    chosen = np.sort(generator.choice(len(images), count, replace=False))
    return train_metric_network(title, images.pixels[chosen], images.labels[chosen], classes, parameters)


def _accuracy(network: keras.Model, images: LabelledImages, classes: int) -> float:
    _check_labels(images, classes)
    if images.pixels.shape[1:] != network.input_shape[1:]:
        raise ValueError(f"The classifier takes images {network.input_shape[1:]}, not {images.pixels.shape[1:]}.")
    return float(np.mean(predict(network, images.pixels).classes == images.labels))


def _check_labels(images: LabelledImages, classes: int) -> None:
    if images.labels.min() < 0 or images.labels.max() >= classes:
        raise ValueError(
            f"Labels range from {images.labels.min()} to {images.labels.max()}; with {classes} classes, they must be "
            f"from 0 to {classes - 1}."
        )
