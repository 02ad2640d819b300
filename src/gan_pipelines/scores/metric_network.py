"""The network that judges: trained on the real training images, its features and classes are what scores compare.

Where images have no classes, it learns by how many quarters an image was turned (Gidaris, Singh and Komodakis,
"Unsupervised Representation Learning by Predicting Image Rotations", 2018); its features serve, its classes do not.
Of stacked pictures it learns the gray digits, and looks at each channel by itself.
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
from gan_pipelines.training.backend import Key, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch, Engine, Outcome, Phase, Player, build_optimizer, network_digest
from gan_pipelines.training.inference import infer
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.randomness import stream_seed
from gan_pipelines.training.trainer import Schedule, Trainer

FEATURES = 64
_SECTION = "scoring.metric_network"
_TURNS = 4
_MOST_TURNED = 5_000  # images that are turned; each of them is held four times
_ACCURACY_FLOORS = {"classes": 0.8, "turns": 0.5, "stacked": 0.8}


@dataclass(frozen=True)
class Judgement:
    """What the metric network says of images.

    Args:
        features: Outputs of the layer before the last, ``(images, 64)``, float32, 0 or more; of stacked pictures those
            of the channels one after the other, ``(images, 192)``.
        probabilities: Of each class, ``(images, classes)``, float64; rows sum to 1. Of stacked pictures those of each
            channel's digits, ``(images, 3, 10)``: a thousand numbers an image would say no more.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float64]

    @property
    def classes(self) -> NDArray[np.int64]:
        """The likeliest class of each image, ``(images,)``."""
        likeliest = np.asarray(self.probabilities.argmax(axis=-1), np.int64)
        return stacks.classes_of(likeliest) if self.is_stacked else likeliest

    @property
    def is_stacked(self) -> bool:
        """Whether the images are stacks of digits."""
        return self.probabilities.ndim == 3


def metric_network(image_shape: tuple[int, int, int], classes: int, seed: int) -> keras.Model:
    """Builds an untrained metric network: convolutions and poolings down to 7 px or less, features, logits.

    Returns:
        A model from pixels in [-1, 1] to features ``(batch, 64)`` and logits ``(batch, classes)``.
    """
    keras.utils.clear_session(free_memory=False)  # layer names count up over a process; start them anew
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
class Classification:
    """Cross-entropy of the right class.

    Args:
        network: From pixels to features and logits.
    """

    network: keras.Model
    figures: tuple[str, ...] = ("accuracy",)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:  # noqa: ARG002 - draws nothing
        """Computes the loss; ``batch`` has ``pixels`` and ``labels`` ``(batch,)``."""
        _, logits = self.network(batch["pixels"], training=True)
        loss = keras.losses.sparse_categorical_crossentropy(batch["labels"], logits, from_logits=True)
        right = ops.equal(ops.argmax(logits, axis=-1), ops.cast(batch["labels"], "int32"))
        return Outcome(dict.fromkeys(players, loss), {"accuracy": right})


def task(
    pixels: Pixels, labels: NDArray[np.int64] | None, classes: int, *, is_stacked: bool = False
) -> tuple[Pixels, NDArray[np.int64], int]:
    """Returns what a metric network learns: pixels, their labels, and the number of classes.

    Args:
        pixels: Square images ``(images, size, size, channels)``.
        labels: Their classes; without them, images are turned by each quarter, and the turns are the classes.
        classes: How many classes the source has.
        is_stacked: Whether the images are stacks of digits; then each digit among them is learnt, once.
    """
    if labels is not None:
        return stacks.different_digits(pixels[:], labels) if is_stacked else (pixels, labels, classes)
    chosen = pixels[np.linspace(0, len(pixels) - 1, min(len(pixels), _MOST_TURNED)).astype(np.int64)]
    quarters = [np.rot90(chosen, turns, axes=(1, 2)) for turns in range(_TURNS)]
    return np.concatenate(quarters), np.repeat(np.arange(_TURNS, dtype=np.int64), len(chosen)), _TURNS


def train_metric_network(
    title: str,
    pixels: Pixels,
    labels: NDArray[np.int64],
    classes: int,
    parameters: ClassifierTrainingParameters,
) -> keras.Model:
    """Trains a metric network on the real training images.

    Args:
        title: Names the training in progress and messages.
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        labels: Class numbers ``(images,)``.
        classes: How many classes there are.
        parameters: How long and how fast.

    Raises:
        UserError: Too few images, no such device, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came; nothing was kept.
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
        engine = Engine([player], [Phase(("classifier",))], Classification(network), parameters.seed)
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


def judge(network: keras.Model, pixels: Pixels, batch_size: int | None = None) -> Judgement:
    """Lets a trained metric network look at images in [-1, 1] ``(images, height, width, channels)``.

    Where the network was trained on gray images and these have three channels, they are stacks, of which it sees each
    channel by itself.
    """
    is_stacked = (network.input_shape[-1], pixels.shape[-1]) == (1, stacks.CHANNELS)
    seen = stacks.channels_apart(pixels[:]) if is_stacked else pixels
    # As the only one of several inputs, pixels on the disk are read batch by batch.
    features, logits = infer(network, cast("list[NDArray[np.float32]]", [seen]), batch_size)
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    if is_stacked:
        return Judgement(features.reshape(len(pixels), -1), probabilities.reshape(len(pixels), stacks.CHANNELS, -1))
    return Judgement(features, probabilities)


def describe(
    network: keras.Model,
    pixels: Pixels,
    labels: NDArray[np.int64] | None,
    class_names: Sequence[str],
    accuracy_floor: float | None,
) -> dict[str, Any]:
    """Measures on held-out images how much a metric network knows.

    Returns:
        ``task`` (``classes``, ``turns`` or ``stacked``), ``class_names`` (empty for turns), ``heldout_accuracy`` (of
        stacks: all three digits are right) and ``heldout_images``, ``accuracy_floor``, and ``sha256`` of layers and
        weights, by which scores know the network.
    """
    heldout, targets, _ = task(pixels, labels, len(class_names))
    judgement = judge(network, heldout)
    kind = "turns" if labels is None else "stacked" if judgement.is_stacked else "classes"
    return {
        "task": kind,
        "class_names": list(class_names),
        "heldout_accuracy": float(np.mean(judgement.classes == targets)),
        "heldout_images": len(pixels),
        "accuracy_floor": _ACCURACY_FLOORS[kind] if accuracy_floor is None else accuracy_floor,
        "sha256": network_digest(network),
    }
