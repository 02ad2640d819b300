"""Nodes that build and train StackGAN++, and compare its pictures of several sizes."""

from itertools import pairwise
from typing import Any

from PIL.Image import Image

from gan_pipelines.networks.caption_parameters import StackGANTreeNetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.captions.nodes import train_captioned
from gan_pipelines.pixels import to_bytes
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def build_tree(
    training_images: ImageSet, networks: dict[str, Any], vector_size: int, seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator of all sizes, and the discriminators as one network.

    Raises:
        UserError: If the networks do not draw this size and number of pictures.
    """
    from gan_pipelines.networks import stackgan_tree

    parameters = StackGANTreeNetworksParameters.model_validate(networks)
    _, height, width, channels = training_images.pixels.shape
    return stackgan_tree.build_tree(parameters, (height, width, channels), vector_size, seed)


def train_tree(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    caption_vectors: Arrays,
    checkpoints: CheckpointStore,
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains all sizes together; see `train_captioned`."""
    pair = untrained_generator, untrained_discriminator
    return train_captioned("Training", "training", pair, training_images, caption_vectors, checkpoints, training)


def draw_sizes(generator: KerasModel, caption_vectors: Arrays, samples: Arrays) -> Arrays:
    """Returns the pictures of all sizes of each sample, uint8, by their size in pixels, such as ``64``."""
    from gan_pipelines.training.inference import infer

    vectors = caption_vectors["heldout"][samples["heldout"]]
    return {str(each.shape[1]): to_bytes(each) for each in infer(generator, [samples["latents"], vectors])}


def score_sizes(sample_sizes: Arrays, attribute_scores: dict[str, Any]) -> dict[str, Any]:
    """Returns the scores of attributes, and how far the mean colours of the sizes of a sample differ.

    Returns:
        Besides ``attribute_scores``, ``colour_difference``: the mean absolute difference, in pixels in [-1, 1], between
        a size and the next larger one; ``shuffled_baseline``, the same of different samples; and their ``ratio``.
    """
    import numpy as np

    colours = [pixels.mean(axis=(1, 2)) / 127.5 for pixels in sample_sizes.values()]
    if len(colours) == 1:
        return attribute_scores
    own = float(np.mean([np.abs(one - other).mean() for one, other in pairwise(colours)]))
    others = [np.abs(one - np.roll(other, 1, axis=0)).mean() for one, other in pairwise(colours)]
    baseline = float(np.mean(others))
    found = {"value": own, "shuffled_baseline": baseline, "ratio": own / baseline if baseline else None}
    return {**attribute_scores, "colour_difference": found}


def draw_size_grid(sample_sizes: Arrays, samples: Arrays, heldout_images: ImageSet) -> Image:
    """Returns all sizes of some samples, and the real picture of their caption."""
    from gan_pipelines.reporting.translation_sheet import translation_sheet

    columns = {f"{size} px": pixels for size, pixels in sample_sizes.items()}
    columns["the caption's picture"] = to_bytes(heldout_images.pixels[samples["heldout"]])
    return translation_sheet(columns)
