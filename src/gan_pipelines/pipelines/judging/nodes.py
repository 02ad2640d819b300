"""Nodes that train the metric network and let it look at the real images."""

from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.sources.image_set import ImageSet


def train_metric_network(training_images: ImageSet, source: str, **training: object) -> KerasModel:
    """Trains the metric network on the real training images, by their classes or, without classes, by their turns.

    Args:
        training_images: Those it learns; of stacked pictures the digits, which are gray.
        source: Where they come from, ``images.source``.
        **training: Of the section ``scoring.metric_network`` how it is trained.

    Returns:
        A model from pixels in [-1, 1] to features and logits.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    from gan_pipelines.scores import metric_network as metric

    pixels, labels, classes = metric.task(
        training_images.pixels,
        training_images.labels,
        len(training_images.class_names),
        is_stacked=source == "stacked",
    )
    parameters = ClassifierTrainingParameters.model_validate(training)
    return metric.train_metric_network("Metric network", pixels, labels, classes, parameters)


def judge_reals(
    metric_network: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    accuracy_floor: float | None,
    features: dict[str, Any],
) -> tuple[Arrays, dict[str, Any]]:
    """Looks at the real images, and measures how much the metric network knows.

    Args:
        metric_network: From pixels to features and logits.
        training_images: What it was trained on.
        heldout_images: What it was not.
        accuracy_floor: What it has to reach, ``scoring.metric_network.accuracy_floor``.
        features: The section ``scoring.features``: whose features are taken.

    Returns:
        Features ``(images, dimensions)`` and probabilities ``(images, classes)``, of stacked pictures ``(images,
        channels, classes of a channel)``, of training and held-out images; and the network's report: task, held-out
        accuracy beside its floor, hash, and whose ``features`` these are.

    Raises:
        UserError: The user's feature network cannot be used.
    """
    from gan_pipelines.scores import metric_network as metric
    from gan_pipelines.scores.judge import open_judge

    judge = open_judge(metric_network, FeatureParameters.model_validate(features))
    judgements = {"training": judge(training_images.pixels), "heldout": judge(heldout_images.pixels)}
    arrays = {f"{split}_{name}": values for split, it in judgements.items() for name, values in vars(it).items()}
    heldout = heldout_images
    report = metric.describe(metric_network, heldout.pixels, heldout.labels, heldout.class_names, accuracy_floor)
    return arrays, {**report, "features": judge.describe(arrays["heldout_features"])}
