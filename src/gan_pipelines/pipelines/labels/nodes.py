"""Nodes that score the classes of a conditional generator."""

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
    """Scores how well samples are of the classes that were asked for, and what they teach of them.

    Args:
        samples: ``pixels`` and the ``labels`` that were asked for.
        metric_network: From pixels to features and logits.
        metric_network_report: What it knows.
        training_images: Real images with labels.
        heldout_images: Real images with labels that no network has met.
        **training: Of the section ``scoring.metric_network`` how it was trained, as are the classifiers of GAN-train
            and GAN-test.

    Returns:
        Label agreement, GAN-train and GAN-test with their conditions, or the reason why there are none.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    import numpy as np

    from gan_pipelines.scores import labels
    from gan_pipelines.scores.gan_train_test import LabelledImages
    from gan_pipelines.scores.metric_network import judge

    generated = LabelledImages(normalise(samples["pixels"]), samples["labels"])
    scores = labels.score_labels(
        generated,
        judge(metric_network, generated.pixels).classes,
        LabelledImages(training_images.pixels, np.asarray(training_images.labels)),
        LabelledImages(heldout_images.pixels, np.asarray(heldout_images.labels)),
        metric_network_report,
        ClassifierTrainingParameters.model_validate(training),
    )
    return with_truncation(scores, samples)
