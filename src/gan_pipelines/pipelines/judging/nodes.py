"""Nodes that train the metric network and extract features of real images."""

from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.sources.image_set import ImageSet


def train_metric_network(training_images: ImageSet, source: str, **training: object) -> KerasModel:
    """Trains the metric network to classify the training images; without classes, to predict their rotation.

    Args:
        training_images: Real images; stacked images are split into their gray digits.
        source: Source of the images, ``images.source``.
        **training: Training parameters from the section ``scoring.metric_network``.

    Returns:
        A model from pixels in [-1, 1] to features and logits.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.scores import metric_network as metric

    pixels, labels, classes = metric.classification_data(
        training_images.pixels,
        training_images.labels,
        len(training_images.class_names),
        is_stacked=source == "stacked",
    )
    parameters = ClassifierTrainingParameters.model_validate(training)
    return metric.train_metric_network("Metric network", pixels, labels, classes, parameters)


def extract_real_features(
    metric_network: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    minimum_accuracy: float | None,
    features: dict[str, Any],
) -> tuple[Arrays, dict[str, Any]]:
    """Extracts features of the real images and evaluates the metric network on held-out images.

    Args:
        metric_network: Model from pixels to features and logits.
        training_images: Images that the metric network was trained on.
        heldout_images: Images that it was not trained on.
        minimum_accuracy: Held-out accuracy that it must reach, ``scoring.metric_network.minimum_accuracy``.
        features: Section ``scoring.features``, which selects the feature network.

    Returns:
        Features ``(images, dimensions)`` and class probabilities ``(images, classes)``, for stacked images ``(images,
        channels, classes of a channel)``, of training and held-out images; and the report of the metric network: task,
        held-out accuracy, minimum accuracy, hash, and ``features``, the description of the feature network.

    Raises:
        UserError: If the user's feature network cannot be used.
    """
    from gan_pipelines.scores import metric_network as metric
    from gan_pipelines.scores.feature_extractor import build_feature_extractor

    extractor = build_feature_extractor(metric_network, FeatureParameters.model_validate(features))
    outputs = {"training": extractor(training_images.pixels), "heldout": extractor(heldout_images.pixels)}
    arrays = {f"{split}_{name}": values for split, output in outputs.items() for name, values in vars(output).items()}
    heldout = heldout_images
    report = metric.evaluate(metric_network, heldout.pixels, heldout.labels, heldout.class_names, minimum_accuracy)
    return arrays, {**report, "features": extractor.describe(arrays["heldout_features"])}
