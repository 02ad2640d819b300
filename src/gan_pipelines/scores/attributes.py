"""Whether pictures show what their captions say, read by a network that was trained on other pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.metric_network import train_metric_network
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import random_generator

Names = Sequence[tuple[str, Sequence[str]]]
"""Name and values of each attribute."""


def train_attribute_network(
    title: str, pixels: Pixels, values: NDArray[np.int64], names: Names, parameters: ClassifierTrainingParameters
) -> keras.Model:
    """Trains a network that reads all attributes of a picture.

    Args:
        title: Name of the training in progress output and messages.
        pixels: In [-1, 1] ``(images, height, width, channels)``.
        values: Index of the value of each attribute ``(images, attributes)``.
        names: Name and values of each attribute.
        parameters: Training parameters.

    Returns:
        A model from pixels to features ``(batch, 64)`` and the logits of all values of all attributes.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
    """
    counts = tuple(len(each) for _, each in names)
    return train_metric_network(title, pixels, values, sum(counts), parameters, counts)


def read_attributes(network: keras.Model, pixels: Pixels, names: Names) -> NDArray[np.int64]:
    """Returns the likeliest value of each attribute ``(images, attributes)`` of pixels in [-1, 1]."""
    _, logits = infer(network, pixels[:])
    parts = np.split(logits, np.cumsum([len(values) for _, values in names])[:-1], axis=1)
    return np.stack([part.argmax(axis=1) for part in parts], axis=1).astype(np.int64)


def attribute_agreement(
    read: NDArray[np.int64], said: NDArray[np.int64], real: NDArray[np.int64], names: Names, seed: int
) -> dict[str, Any]:
    """Returns how often the attributes read from pictures are those that their captions are about.

    Args:
        read: Values read from generated pictures ``(pictures, attributes)``.
        said: Values of the real pictures whose captions were drawn, in the same order.
        real: Values read from those real pictures.
        names: Name and values of each attribute.
        seed: Seed of the shuffle.

    Returns:
        ``value``, the mean over the attributes; ``all``, the fraction of pictures that have all of them;
        ``by_attribute``; ``standard_error`` of the value; the same of ``real_baseline``, the real pictures, and of
        ``shuffled_baseline``, the generated ones beside the captions of others; ``ratio_to_shuffled``; ``pictures``.
    """
    order = random_generator(seed, "captions of other pictures").permutation(len(said))
    shuffled = _agreement(read, said[order], names)
    found = _agreement(read, said, names)
    return {
        **found,
        "standard_error": float((read == said).mean(axis=1).std(ddof=1)) / len(said) ** 0.5 if len(said) > 1 else None,
        "real_baseline": _agreement(real, said, names),
        "shuffled_baseline": shuffled,
        "ratio_to_shuffled": found["value"] / shuffled["value"] if shuffled["value"] else None,
        "pictures": len(said),
    }


def _agreement(read: NDArray[np.int64], said: NDArray[np.int64], names: Names) -> dict[str, Any]:
    agrees = read == said
    by_attribute: Mapping[str, float] = {
        name: float(column.mean()) for (name, _), column in zip(names, agrees.T, strict=True)
    }
    return {"value": float(agrees.mean()), "all": float(agrees.all(axis=1).mean()), "by_attribute": by_attribute}
