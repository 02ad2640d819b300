"""How much a generator of labelled images knows of each class: classifiers trained on one side, tested on the other.

Shmelkov, Schmid and Alahari, "How good is my GAN?", 2018. GAN-train falls where images lack variety or are wrong,
GAN-test where they are wrong; a generator that copies one right image for each class gets the best GAN-test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.metric_network import judge, train_metric_network
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import random_generator


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images and their classes; of a generator, the classes that it was asked for.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        labels: Class numbers from 0, ``(images,)``.

    Raises:
        ValueError: There are no images, or not as many labels.
    """

    pixels: Pixels
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not len(self.pixels) or self.labels.shape != (len(self.pixels),):
            raise ValueError(f"Images {self.pixels.shape} and labels {self.labels.shape} do not belong together.")

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True)
class LabelledAccuracy:
    """The accuracy of a classifier that met images on one side only, between what reals and what guessing get.

    Args:
        accuracy: Share of tested images that the classifier puts into their class, in [0, 1].
        real_baseline: The same of a classifier trained on as many real images, of held-out real images.
        chance: What guessing every class equally often gets: 1 / classes.
        largest_class: What always naming the commonest of the tested classes gets; chance where all are as common.
        training_images: How many images the classifier was trained on.
        tested_images: How many images the accuracy is of.
    """

    accuracy: float
    real_baseline: float
    chance: float
    largest_class: float
    training_images: int
    tested_images: int


@dataclass(frozen=True, eq=False)
class RealClassifier:
    """A classifier of real images: the baseline of GAN-train, and the judge of GAN-test.

    Args:
        network: From pixels to features and logits.
        accuracy: Share of held-out real images that it puts into their class, in [0, 1].
        images: How many real training images it learnt from.
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
    """Trains one classifier on reals and one on as many generated images, equally long and from equal weights.

    Args:
        training: Real images to learn from.
        heldout: Real images that neither the generator nor a classifier has met.
        generated: Images of a generator that takes classes, as bytes would hold them, like the real ones.
        classes: How many classes there are.
        parameters: How both classifiers are trained; the seed also draws the images where one side has more.

    Returns:
        GAN-train and GAN-test.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came; nothing was kept.
        ValueError: Images differ in shape, or a label is of no class.
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
    """Trains a classifier on this many of the real training images.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came; nothing was kept.
        ValueError: Images differ in shape, a label is of no class, or there are fewer images.
    """
    network = _trained("Classifier of real images", training, images, classes, parameters)
    return RealClassifier(network, _accuracy(network, heldout, classes), images)


def gan_train(
    real: RealClassifier,
    heldout: LabelledImages,
    generated: LabelledImages,
    classes: int,
    parameters: ClassifierTrainingParameters,
) -> LabelledAccuracy:
    """Trains a classifier on generated images, as many as the real one had, and tests it on held-out real images.

    Args:
        real: Trained with the same parameters.
        heldout: The real images that it was tested on.
        generated: Images and the classes that the generator was asked for.
        classes: How many classes there are.
        parameters: How the classifier is trained.

    Raises:
        UserError: No such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came; nothing was kept.
        ValueError: Images differ in shape, a label is of no class, or fewer are generated than the real one had.
    """
    network = _trained("Classifier of generated images", generated, real.images, classes, parameters)
    return _result(_accuracy(network, heldout, classes), real, heldout, classes)


def gan_test(real: RealClassifier, generated: LabelledImages, classes: int) -> LabelledAccuracy:
    """Tests a classifier of real images on all generated ones.

    Args:
        real: Trained on real training images.
        generated: Images and the classes that the generator was asked for.
        classes: How many classes there are.

    Raises:
        ValueError: Images differ in shape, or a label is of no class.
    """
    return _result(_accuracy(real.network, generated, classes), real, generated, classes)


def _result(accuracy: float, real: RealClassifier, tested: LabelledImages, classes: int) -> LabelledAccuracy:
    largest_class = float(np.bincount(tested.labels).max() / len(tested))
    return LabelledAccuracy(accuracy, real.accuracy, 1 / classes, largest_class, real.images, len(tested))


def _trained(
    title: str, images: LabelledImages, count: int, classes: int, parameters: ClassifierTrainingParameters
) -> keras.Model:
    _check_labels(images, classes)
    if not 0 < count <= len(images):
        raise ValueError(f"A classifier is to learn from {count:,} images, and there are {len(images):,}.")
    # The same stream on both sides: a generator that gives back the training images gets exactly the baseline.
    generator = random_generator(parameters.seed, "images to classify")
    chosen = np.sort(generator.choice(len(images), count, replace=False))
    return train_metric_network(title, images.pixels[chosen], images.labels[chosen], classes, parameters)


def _accuracy(network: keras.Model, images: LabelledImages, classes: int) -> float:
    _check_labels(images, classes)
    if images.pixels.shape[1:] != network.input_shape[1:]:
        raise ValueError(f"A classifier of images {network.input_shape[1:]} is shown {images.pixels.shape[1:]}.")
    return float(np.mean(judge(network, images.pixels).classes == images.labels))


def _check_labels(images: LabelledImages, classes: int) -> None:
    if images.labels.min() < 0 or images.labels.max() >= classes:
        raise ValueError(
            f"Labels go from {images.labels.min()} to {images.labels.max()}; of {classes} classes, only 0 to "
            f"{classes - 1} are known."
        )
