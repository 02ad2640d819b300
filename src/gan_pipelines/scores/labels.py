"""Agreement of generated images with their requested classes: label agreement, GAN-train and GAN-test."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import MAXIMUM_CLASSES_LISTED, reason_not_scored
from gan_pipelines.scores.gan_train_test import LabelledImages, gan_train_test
from gan_pipelines.scores.parameters import ClassifierTrainingParameters


def label_agreement(
    predicted: NDArray[np.int64], requested: NDArray[np.int64], class_names: Sequence[str], heldout_accuracy: float
) -> dict[str, Any]:
    """Returns the fraction of samples that the metric network predicts to be of their requested class.

    Args:
        predicted: Predicted class of each sample, ``(samples,)``.
        requested: Requested class of each sample, ``(samples,)``.
        class_names: Name of each class.
        heldout_accuracy: Accuracy of the metric network on held-out real images; a higher agreement may mean that
            generated images are easier to classify.

    Returns:
        ``value``, ``chance`` and ``heldout_reals``; the class with the smallest agreement; and, for up to 100 classes,
        the agreement ``by_class``, without classes that were never requested.
    """
    agrees = predicted == requested
    by_class = {
        name: float(np.mean(agrees[requested == label])) for label, name in enumerate(class_names) if label in requested
    }
    worst = min(by_class, key=by_class.__getitem__)
    section = {
        "value": float(np.mean(agrees)),
        "chance": 1 / len(class_names),
        "heldout_reals": heldout_accuracy,
        "smallest_agreement": by_class[worst],
        "smallest_agreement_of": worst,
        "generated_images": len(requested),
    }
    return {**section, "by_class": by_class} if len(class_names) <= MAXIMUM_CLASSES_LISTED else section


def score_labels(
    generated: LabelledImages,
    predicted: NDArray[np.int64],
    training: LabelledImages,
    heldout: LabelledImages,
    metric_network: Mapping[str, Any],
    parameters: ClassifierTrainingParameters,
) -> dict[str, Any]:
    """Returns label agreement, GAN-train and GAN-test, or the reason for omitting them.

    Args:
        generated: Samples and their requested classes.
        predicted: Classes predicted by the metric network, ``(samples,)``.
        training: Real training images.
        heldout: Real images that no network was trained on.
        metric_network: Its report; see ``metric_network.evaluate``.
        parameters: Training parameters of the classifiers of GAN-train and GAN-test; those of the metric network.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received.
    """
    conditions = {"metric_network": metric_network["sha256"], "real_split": "heldout", "seed": parameters.seed}
    refusal = reason_not_scored(dict(metric_network))
    if refusal:
        return {"labels_refused": refusal, "conditions": conditions}
    class_names = metric_network["class_names"]
    trained, tested = gan_train_test(training, heldout, generated, len(class_names), parameters)
    return {
        "label_agreement": label_agreement(
            predicted, generated.labels, class_names, metric_network["heldout_accuracy"]
        ),
        "gan_train": asdict(trained),
        "gan_test": asdict(tested),
        "conditions": conditions,
    }
