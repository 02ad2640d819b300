"""Metric network: a classifier trained on the real training images, whose features and classes the scores compare.

For images without classes, it predicts rotations by multiples of 90 degrees (Gidaris, Singh and Komodakis,
"Unsupervised Representation Learning by Predicting Image Rotations", 2018); only its features are used then. For
stacked images, it is trained on the gray digits and applied to each channel separately.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores import stacks
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.training.backend import ForwardResult, Key, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch, Engine, Phase, Player, build_optimizer, network_digest
from gan_pipelines.training.inference import infer
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.randomness import stream_seed
from gan_pipelines.training.trainer import Schedule, Trainer

FEATURES = 64
_SECTION = "scoring.metric_network"
_ROTATIONS = 4
_MOST_ROTATED = 5_000  # maximum number of images rotated; each is in memory four times
_MINIMUM_ACCURACIES = {"classes": 0.8, "rotations": 0.5, "stacked": 0.8}


@dataclass(frozen=True)
class ImageFeatures:
    """Features and class probabilities of images.

    Args:
        features: Outputs of the penultimate layer, ``(images, 64)``, float32, >= 0; for stacked images, concatenated
            over the channels, ``(images, 192)``.
        probabilities: Class probabilities, ``(images, classes)``, float64; rows sum to 1. For stacked images, digit
            probabilities of each channel, ``(images, 3, 10)``, which determine those of the 1000 classes.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float64]

    @property
    def classes(self) -> NDArray[np.int64]:
        """Most probable class of each image, ``(images,)``."""
        likeliest = np.asarray(self.probabilities.argmax(axis=-1), np.int64)
        return stacks.classes_from_digits(likeliest) if self.is_stacked else likeliest

    @property
    def is_stacked(self) -> bool:
        """Whether the images are stacks of digits."""
        return self.probabilities.ndim == 3


def metric_network(image_shape: tuple[int, int, int], classes: int, seed: int) -> keras.Model:
    """Builds an untrained metric network: convolutions and poolings down to 7 px or less, features, logits.

    Returns:
        A model from pixels in [-1, 1] to features ``(batch, 64)`` and logits ``(batch, classes)``.
    """
    keras.utils.clear_session(free_memory=False)  # restarts the numbering of layer names
    keras.utils.set_random_seed(stream_seed(seed, "initial weights of the metric network"))
    pixels = layers.Input(image_shape, name="pixels")
    x, size, filters = pixels, min(image_shape[:2]), 32
    while size > 7:
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
        size, filters = size // 2, min(2 * filters, 128)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    features = layers.Dense(FEATURES, activation="relu", name="features")(x)
    logits = layers.Dense(classes, name="logits")(layers.Dropout(0.3)(features))
    return keras.Model(pixels, [features, logits], name="metric_network")


@dataclass(frozen=True)
class ClassificationObjective:
    """Cross-entropy of the correct class, or of the correct value of each attribute.

    Args:
        network: From pixels to features and logits.
        values: Number of values of each attribute, whose logits stand one after the other. Default: one attribute.
    """

    network: keras.Model
    values: tuple[int, ...] = ()
    metric_names: tuple[str, ...] = ("accuracy",)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:  # noqa: ARG002 - no randomness
        """Computes the loss; ``batch`` has ``pixels`` and ``labels`` ``(batch,)`` or ``(batch, attributes)``."""
        _, logits = self.network(batch["pixels"], training=True)
        labels = ops.reshape(ops.cast(batch["labels"], "int32"), (logits.shape[0], -1))
        parts = ops.split(logits, np.cumsum(self.values)[:-1].tolist(), axis=-1) if self.values else [logits]
        losses, hits = [], []
        for number, part in enumerate(parts):
            own = labels[:, number]
            losses.append(keras.losses.sparse_categorical_crossentropy(own, part, from_logits=True))
            hits.append(ops.cast(ops.equal(ops.argmax(part, axis=-1), own), "float32"))
        return ForwardResult(dict.fromkeys(players, sum(losses)), {"accuracy": sum(hits) / len(hits)})


def classification_data(
    pixels: Pixels, labels: NDArray[np.int64] | None, classes: int, *, is_stacked: bool = False
) -> tuple[Pixels, NDArray[np.int64], int]:
    """Returns the training data of a metric network: pixels, labels, and the number of classes.

    Args:
        pixels: Square images ``(images, size, size, channels)``.
        labels: Their classes. Default: the classes are rotations of the images by multiples of 90 degrees.
        classes: Number of classes of the source.
        is_stacked: Whether the images are stacks of digits; if so, each distinct digit image is returned once.
    """
    if labels is not None:
        return stacks.distinct_digits(pixels[:], labels) if is_stacked else (pixels, labels, classes)
    chosen = pixels[np.linspace(0, len(pixels) - 1, min(len(pixels), _MOST_ROTATED)).astype(np.int64)]
    quarters = [np.rot90(chosen, rotation, axes=(1, 2)) for rotation in range(_ROTATIONS)]
    return np.concatenate(quarters), np.repeat(np.arange(_ROTATIONS, dtype=np.int64), len(chosen)), _ROTATIONS


def train_metric_network(
    title: str,
    pixels: Pixels,
    labels: NDArray[np.int64],
    classes: int,
    parameters: ClassifierTrainingParameters,
    attributes: tuple[int, ...] = (),
) -> keras.Model:
    """Trains a metric network on the real training images.

    Args:
        title: Name of the training in progress output and messages.
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        labels: Class indices ``(images,)``, or the value of each attribute ``(images, attributes)``.
        classes: Number of classes, or of all values of all attributes.
        parameters: Training parameters.
        attributes: Number of values of each attribute.

    Raises:
        UserError: If there are too few images, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
    """
    batch_size = min(parameters.batch_size, len(pixels))
    device = open_device(parameters.devices, parameters.jit_compile, batch_size, _SECTION)
    _, height, width, channels = pixels.shape
    untrained = metric_network((height, width, channels), classes, parameters.seed)
    with device.scope():
        network = copy_for_training(untrained, parameters.precision)
        player = Player(
            "classifier", network, build_optimizer(parameters.optimizer, network, batch_size, parameters.precision)
        )
        engine = Engine(
            [player], [Phase(("classifier",))], ClassificationObjective(network, attributes), parameters.seed
        )
    order = BatchOrder(len(pixels), batch_size, engine.batches_per_step, parameters.seed, _SECTION)
    steps = parameters.total_steps(order.steps_per_epoch)
    Trainer(
        title,
        section=_SECTION,
        engine=engine,
        data={"pixels": pixels, "labels": labels},
        order=order,
        device=device,
        schedule=Schedule(steps, checkpoint_every=steps),
    ).run()
    return copy_for_export(network)


def predict(network: keras.Model, pixels: Pixels, batch_size: int | None = None) -> ImageFeatures:
    """Returns features and class probabilities of images in [-1, 1], ``(images, height, width, channels)``.

    If the network takes gray images and these have three channels, they are stacks, and each channel is predicted
    separately.
    """
    is_stacked = (network.input_shape[-1], pixels.shape[-1]) == (1, stacks.CHANNELS)
    inputs = stacks.split_channels(pixels[:]) if is_stacked else pixels
    # Passed as a list of inputs, pixels on disk are read batch by batch.
    features, logits = infer(network, cast("list[NDArray[np.float32]]", [inputs]), batch_size)
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    if is_stacked:
        return ImageFeatures(features.reshape(len(pixels), -1), probabilities.reshape(len(pixels), stacks.CHANNELS, -1))
    return ImageFeatures(features, probabilities)


def evaluate(
    network: keras.Model,
    pixels: Pixels,
    labels: NDArray[np.int64] | None,
    class_names: Sequence[str],
    minimum_accuracy: float | None,
) -> dict[str, Any]:
    """Returns the held-out accuracy of a metric network, with its task and digest.

    Returns:
        ``task`` (``classes``, ``rotations`` or ``stacked``); ``class_names``, empty for rotations;
        ``heldout_accuracy``, for stacks the fraction with all three digits is_correct; ``heldout_images``;
        ``minimum_accuracy``; and ``sha256`` of layers and weights, which identifies the network.
    """
    heldout, targets, _ = classification_data(pixels, labels, len(class_names))
    image_features = predict(network, heldout)
    kind = "rotations" if labels is None else "stacked" if image_features.is_stacked else "classes"
    return {
        "task": kind,
        "class_names": list(class_names),
        "heldout_accuracy": float(np.mean(image_features.classes == targets)),
        "heldout_images": len(pixels),
        "minimum_accuracy": _MINIMUM_ACCURACIES[kind] if minimum_accuracy is None else minimum_accuracy,
        "sha256": network_digest(network),
    }
