"""Whether a generator that is asked for a class draws it: by the metric network's eye, and by what images teach."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.evaluation import why_not_scored
from gan_pipelines.scores.gan_train_test import LabelledImages, gan_train_test
from gan_pipelines.scores.parameters import ClassifierTrainingParameters

_MOST_CLASSES_LISTED = 100


def label_agreement(
    found: NDArray[np.int64], asked: NDArray[np.int64], class_names: Sequence[str], heldout_accuracy: float
) -> dict[str, Any]:
    """Returns the share of samples that the metric network puts into the class they were asked for.

    Args:
        found: The class that it puts each sample into, ``(samples,)``.
        asked: The class that each was asked for, ``(samples,)``.
        class_names: A name for each class.
        heldout_accuracy: How often the metric network is right about held-out real images; an agreement above that may
            come of images that are easier than real ones.

    Returns:
        ``value`` beside ``chance`` and ``heldout_reals``, the class that agrees least, and, of up to 100 classes, the
        agreement ``by_class``; classes that no sample was asked for are left out.
    """
    agrees = found == asked
    by_class = {
        name: float(np.mean(agrees[asked == label])) for label, name in enumerate(class_names) if label in asked
    }
    worst = min(by_class, key=by_class.__getitem__)
    section = {
        "value": float(np.mean(agrees)),
        "chance": 1 / len(class_names),
        "heldout_reals": heldout_accuracy,
        "smallest_agreement": by_class[worst],
        "smallest_agreement_of": worst,
        "generated_images": len(asked),
    }
    return {**section, "by_class": by_class} if len(class_names) <= _MOST_CLASSES_LISTED else section


def score_labels(
    generated: LabelledImages,
    found: NDArray[np.int64],
    training: LabelledImages,
    heldout: LabelledImages,
    metric_network: Mapping[str, Any],
    parameters: ClassifierTrainingParameters,
) -> dict[str, Any]:
    """Returns how well samples are of their classes, or the reason why that cannot be said.

    Args:
        generated: Samples and the classes that they were asked for.
        found: The classes that the metric network puts them into.
        training: Real images to learn from.
        heldout: Real images that no network has met.
        metric_network: Its report; see ``metric_network.describe``.
        parameters: How the classifiers of GAN-train and GAN-test are trained: as the metric network is.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    conditions = {"metric_network": metric_network["sha256"], "real_split": "heldout", "seed": parameters.seed}
    refusal = why_not_scored(dict(metric_network))
    if refusal:
        return {"labels_refused": refusal, "conditions": conditions}
    class_names = metric_network["class_names"]
    trained, tested = gan_train_test(training, heldout, generated, len(class_names), parameters)
    return {
        "label_agreement": label_agreement(found, generated.labels, class_names, metric_network["heldout_accuracy"]),
        "gan_train": asdict(trained),
        "gan_test": asdict(tested),
        "conditions": conditions,
    }
