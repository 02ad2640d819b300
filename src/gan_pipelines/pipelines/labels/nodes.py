"""Nodes that score the class conditioning of a generator."""

from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pipelines.sampling.nodes import with_truncation
from gan_pipelines.pixels import normalise
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.sources.image_set import ImageSet


def score_labels(
    samples: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    heldout_images: ImageSet,
    **training: object,
) -> dict[str, Any]:
    """Computes label agreement, GAN-train and GAN-test of generated samples.

    Args:
        samples: ``pixels`` and the ``labels`` that they were generated for.
        metric_network: Model from pixels to features and logits.
        metric_network_report: Evaluation of the metric network.
        training_images: Real images with labels.
        heldout_images: Real images with labels that no network was trained on.
        **training: Training parameters of the metric network, from the section ``scoring.metric_network``; the
            classifiers of GAN-train and GAN-test use them too.

    Returns:
        The scores with their conditions, or the reason why they are missing.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    import numpy as np

    from gan_pipelines.scores import labels
    from gan_pipelines.scores.gan_train_test import LabelledImages
    from gan_pipelines.scores.metric_network import predict

    generated = LabelledImages(normalise(samples["pixels"]), samples["labels"])
    scores = labels.score_labels(
        generated,
        predict(metric_network, generated.pixels).classes,
        LabelledImages(training_images.pixels, np.asarray(training_images.labels)),
        LabelledImages(heldout_images.pixels, np.asarray(heldout_images.labels)),
        metric_network_report,
        ClassifierTrainingParameters.model_validate(training),
    )
    return with_truncation(scores, samples)
