"""Nodes of a coupled GAN, whose samples are pairs: an image on the left, an edge map on the right."""

from dataclasses import replace
from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pipelines.sampling.nodes import with_truncation
from gan_pipelines.pixels import normalise
from gan_pipelines.sources.image_set import ImageSet

_WIDTH_AXIS = 2


def couple_images(training_images: ImageSet, seed: int) -> ImageSet:
    """Pairs one half of the training images with edge maps of the other half, so that no image is in both domains.

    Raises:
        UserError: If there are fewer than two images, or they are memory-mapped.
    """
    from gan_pipelines.sources import coupling

    return coupling.coupled_images(training_images, seed)


def extract_left_generator(generator: KerasModel) -> KerasModel:
    """Returns a generator of the left images only, with all weights of the generator of pairs."""
    from gan_pipelines.networks.coupled import left_half

    return left_half(generator)


def restore_pair_generator(generator: KerasModel, left_generator: KerasModel) -> KerasModel:
    """Returns the generator of pairs with the weights of a generator of left images."""
    from gan_pipelines.training.precision import copy_for_export

    pairs = copy_for_export(generator)
    pairs.set_weights(left_generator.get_weights())
    return pairs


def take_left_images(samples: Arrays) -> Arrays:
    """Returns the samples with only the left half of their pixels."""
    width = samples["pixels"].shape[_WIDTH_AXIS] // 2
    return {**samples, "pixels": samples["pixels"][:, :, :width]}


def train_edge_metric_network(training_images: ImageSet, source: str, **training: object) -> KerasModel:
    """Trains the metric network of the right images on edge maps of all training images.

    Raises:
        UserError: If there are too few images, they are memory-mapped, the device is missing, or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.pipelines.judging.nodes import train_metric_network
    from gan_pipelines.sources.coupling import edge_maps

    edges = replace(training_images, pixels=edge_maps(training_images.pixels))
    return train_metric_network(edges, source, **training)


def score_pairs(
    samples: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    edge_metric_network: KerasModel,
    heldout_images: ImageSet,
    minimum_accuracy: float | None,
) -> dict[str, Any]:
    """Computes how often the two images of a sample are predicted to be of the same class.

    Args:
        samples: ``pixels`` of pairs ``(pairs, height, width, channels)``.
        metric_network: Metric network of the left images.
        metric_network_report: Evaluation of ``metric_network``.
        edge_metric_network: Metric network of the right images.
        heldout_images: Real images; ``edge_metric_network`` is evaluated on their edge maps.
        minimum_accuracy: Held-out accuracy that both must reach, ``scoring.metric_network.minimum_accuracy``.

    Returns:
        The agreement with its conditions, or the reason why it is missing.
    """
    import numpy as np

    from gan_pipelines.scores import metric_network as metric
    from gan_pipelines.scores import pairs
    from gan_pipelines.sources.coupling import edge_maps

    edge_report = metric.evaluate(
        edge_metric_network,
        edge_maps(heldout_images.pixels),
        heldout_images.labels,
        heldout_images.class_names,
        minimum_accuracy,
    )
    left, right = np.split(normalise(samples["pixels"]), 2, axis=_WIDTH_AXIS)
    scores = pairs.score_pairs(
        metric.predict(metric_network, left).classes,
        metric.predict(edge_metric_network, right).classes,
        {"left": metric_network_report, "right": edge_report},
    )
    return with_truncation(scores, samples)
