"""Nodes around a generator of pairs: an image as it is, and the edges of one of the same kind to its right."""

from dataclasses import replace
from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pipelines.sampling.nodes import with_truncation
from gan_pipelines.pixels import normalise
from gan_pipelines.sources.image_set import ImageSet

_AXIS_OF_WIDTH = 2


def couple_images(training_images: ImageSet, seed: int) -> ImageSet:
    """Puts one half of the training images beside the edges of the other half, so that no image is in both domains.

    Raises:
        UserError: There are fewer than two images, or they are on the disk.
    """
    from gan_pipelines.sources import coupling

    return coupling.coupled_images(training_images, seed)


def take_left_half(generator: KerasModel) -> KerasModel:
    """Returns the generator of the left images alone, with all weights of the generator of pairs."""
    from gan_pipelines.networks.coupled import left_half

    return left_half(generator)


def with_weights_of(generator: KerasModel, left_generator: KerasModel) -> KerasModel:
    """Returns the generator of pairs with the weights of a generator of left images."""
    from gan_pipelines.training.precision import copy_for_export

    pairs = copy_for_export(generator)
    pairs.set_weights(left_generator.get_weights())
    return pairs


def take_left_images(samples: Arrays) -> Arrays:
    """Returns the left images of the samples alone."""
    width = samples["pixels"].shape[_AXIS_OF_WIDTH] // 2
    return {**samples, "pixels": samples["pixels"][:, :, :width]}


def train_edge_network(training_images: ImageSet, source: str, **training: object) -> KerasModel:
    """Trains the judge of the right images: a metric network on the edges of all training images.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    from gan_pipelines.pipelines.judging.nodes import train_metric_network
    from gan_pipelines.sources.coupling import edge_maps

    edges = replace(training_images, pixels=edge_maps(training_images.pixels))
    return train_metric_network(edges, source, **training)


def score_pairs(
    samples: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    edge_network: KerasModel,
    heldout_images: ImageSet,
    accuracy_floor: float | None,
) -> dict[str, Any]:
    """Scores whether the two images of each sample are of the same class.

    Args:
        samples: ``pixels`` of pairs ``(pairs, height, width, channels)``.
        metric_network: The judge of left images.
        metric_network_report: What it knows.
        edge_network: The judge of right images.
        heldout_images: Real images, of whose edges it is tested.
        accuracy_floor: What both judges have to reach, ``scoring.metric_network.accuracy_floor``.

    Returns:
        The agreement with its conditions, or the reason why there is none.
    """
    import numpy as np

    from gan_pipelines.scores import metric_network as metric
    from gan_pipelines.scores import pairs
    from gan_pipelines.sources.coupling import edge_maps

    of_edges = metric.describe(
        edge_network,
        edge_maps(heldout_images.pixels),
        heldout_images.labels,
        heldout_images.class_names,
        accuracy_floor,
    )
    left, right = np.split(normalise(samples["pixels"]), 2, axis=_AXIS_OF_WIDTH)
    scores = pairs.score_pairs(
        metric.judge(metric_network, left).classes,
        metric.judge(edge_network, right).classes,
        {"left": metric_network_report, "right": of_edges},
    )
    return with_truncation(scores, samples)
