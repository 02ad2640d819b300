"""Nodes that train the metric network and let it look at the real images."""

from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.scores.parameters import ScoringParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters


def train_metric_network(training_images: ImageSet, images: dict[str, Any], scoring: dict[str, Any]) -> KerasModel:
    """Trains the metric network on the real training images, by their classes or, without classes, by their turns.

    Of stacked pictures it learns the digits, which are gray.

    Returns:
        A model from pixels in [-1, 1] to features and logits.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    from gan_pipelines.scores import metric_network

    pixels, labels, classes = metric_network.task(
        training_images.pixels,
        training_images.labels,
        len(training_images.class_names),
        is_stacked=ImagesParameters.model_validate(images).source == "stacked",
    )
    parameters = ScoringParameters.model_validate(scoring).metric_network
    return metric_network.train_metric_network("Metric network", pixels, labels, classes, parameters)


def judge_reals(
    metric_network: KerasModel, training_images: ImageSet, heldout_images: ImageSet, scoring: dict[str, Any]
) -> tuple[Arrays, dict[str, Any]]:
    """Lets the metric network look at the real images, and measures how much it knows.

    Returns:
        Features ``(images, dimensions)`` and probabilities ``(images, classes)``, of stacked pictures ``(images,
        channels, classes of a channel)``, of training and held-out images; and the network's report: task, held-out
        accuracy beside its floor, hash.
    """
    from gan_pipelines.scores import metric_network as metric

    judgements = {
        "training": metric.judge(metric_network, training_images.pixels),
        "heldout": metric.judge(metric_network, heldout_images.pixels),
    }
    arrays = {f"{split}_{name}": values for split, it in judgements.items() for name, values in vars(it).items()}
    floor = ScoringParameters.model_validate(scoring).metric_network.accuracy_floor
    heldout = heldout_images
    return arrays, metric.describe(metric_network, heldout.pixels, heldout.labels, heldout.class_names, floor)
