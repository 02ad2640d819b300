"""Encoders of captions and of pictures, trained together so that a picture is nearest to its own caption.

The captions' encoder stands for the one, trained on other data, that Zhang et al., "StackGAN", 2016, download. The loss
is the symmetric one of Zhang, Jiang, Miura, Manning and Langlotz, "Contrastive Learning of Medical Visual
Representations from Paired Images and Text", 2020: the captions of a batch's other pictures are the wrong ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from gan_pipelines.captions.parameters import EncoderTrainingParameters
from gan_pipelines.captions.words import token_ids
from gan_pipelines.headlines.vocabulary import Vocabulary
from gan_pipelines.pixels import Pixels
from gan_pipelines.training.backend import ForwardResult, Key, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Batch, Engine, Phase, Player, build_optimizer
from gan_pipelines.training.inference import infer
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.randomness import stream_seed
from gan_pipelines.training.trainer import Schedule, Trainer
from gan_pipelines.training.wordings import Wordings, drawn_wording, repeated

CAPTION, PICTURE = "caption_vector", "picture_vector"
_EMBEDDING, _UNITS, _WIDTHS = 32, 48, (32, 64, 128)
_SHOWN_SIZE = 32  # pixels along each side that the encoder of pictures sees
_SHARPNESS = 10.0  # factor of the cosines before the softmax
_WORDING = "wording of the encoders"


def build_encoders(
    image_shape: tuple[int, int, int], vocabulary_size: int, parameters: EncoderTrainingParameters
) -> keras.Model:
    """Builds untrained encoders as one model.

    Args:
        image_shape: Shape of the pictures, square.
        vocabulary_size: Number of token ids.
        parameters: The section ``<model>.text_encoder``.

    Returns:
        A model from token ids ``(batch, length)``, padded with 0, and pixels in [-1, 1] to ``caption_vector`` and
        ``picture_vector`` ``(batch, vector_size)``, each number with a mean square near 1.
    """
    keras.utils.clear_session(free_memory=False)  # resets the counters in layer names, which are global to the process
    keras.utils.set_random_seed(stream_seed(parameters.seed, "initial weights of the encoders"))
    tokens = layers.Input((None,), dtype="int32", name="tokens")
    pixels = layers.Input(image_shape, name="pixels")
    words = layers.Embedding(vocabulary_size, _EMBEDDING, mask_zero=True)(tokens)
    if parameters.reading == "in_order":
        text = layers.Bidirectional(layers.GRU(_UNITS))(words)
    else:
        text = layers.Dense(2 * _UNITS, activation="relu")(layers.GlobalAveragePooling1D()(words))
    x = pixels
    if (factor := image_shape[0] // _SHOWN_SIZE) > 1:
        x = layers.AveragePooling2D(factor)(x)
    for width in _WIDTHS:
        x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    vectors = [
        _scaled(layers.Dense(parameters.vector_size)(text), CAPTION),
        _scaled(layers.Dense(parameters.vector_size)(layers.Flatten()(x)), PICTURE),
    ]
    return keras.Model([tokens, pixels], vectors, name="encoders")


def _scaled(vector: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Gives each vector the length of one whose numbers have a mean square of 1: layers that read it expect that."""
    unit = layers.UnitNormalization()(vector)
    return layers.Rescaling(math.sqrt(vector.shape[-1]), name=name)(unit)


@dataclass(frozen=True)
class MatchingObjective:
    """Cross-entropy of the own caption among those of the batch, and of the own picture.

    Args:
        encoders: From token ids and pixels to vectors of captions and pictures.
    """

    encoders: keras.Model
    metric_names: tuple[str, ...] = ("accuracy",)

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the loss; ``batch`` has ``pixels``, ``captions`` ``(batch, wordings, length)`` and ``wordings``."""
        tokens = drawn_wording(batch["captions"], batch["wordings"], key.fold_in(_WORDING))
        captions, pictures = self.encoders([tokens, batch["pixels"]], training=True)
        cosines = ops.matmul(pictures, ops.transpose(captions)) / captions.shape[-1]
        own = ops.arange(cosines.shape[0])
        logits = _SHARPNESS * ops.cast(cosines, "float32")
        of_captions, of_pictures = (
            keras.losses.sparse_categorical_crossentropy(own, each, from_logits=True)
            for each in (logits, ops.transpose(logits))
        )
        is_own = ops.equal(ops.argmax(logits, axis=1), ops.cast(own, "int32"))
        return ForwardResult(dict.fromkeys(players, (of_captions + of_pictures) / 2.0), {"accuracy": is_own})


def train_encoders(
    title: str,
    pixels: Pixels,
    captions: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    parameters: EncoderTrainingParameters,
    section: str = "text_encoder",
) -> tuple[keras.Model, keras.Model]:
    """Trains encoders on pictures and their captions.

    Args:
        title: Name of the training in progress output and messages.
        pixels: Pictures in [-1, 1] ``(images, size, size, channels)``.
        captions: Wordings of the caption of each picture.
        vocabulary: Words that are told apart.
        parameters: The section ``<model>.text_encoder``.
        section: Section of the parameters, for messages.

    Returns:
        The encoder of captions, from token ids ``(batch, length)`` to vectors ``(batch, vector_size)``; and that of
        pictures, from pixels.

    Raises:
        UserError: If there are too few pictures, the device is missing, or a loss is not finite.
        StoppedBySignalError: If SIGINT or SIGTERM is received; nothing is saved.
    """
    batch_size = min(parameters.batch_size, len(pixels))
    device = open_device(parameters.devices, parameters.jit_compile, batch_size, section)
    _, height, width, channels = pixels.shape
    untrained = build_encoders((height, width, channels), len(vocabulary), parameters)
    with device.scope():
        network = copy_for_training(untrained, parameters.precision)
        optimizer = build_optimizer(parameters.optimizer, network, batch_size, parameters.precision)
        player = Player("encoders", network, optimizer)
        engine = Engine([player], [Phase(("encoders",))], MatchingObjective(network), parameters.seed)
    order = BatchOrder(len(pixels), batch_size, engine.batches_per_step, parameters.seed, section)
    steps = parameters.total_steps(order.steps_per_epoch)
    texts, counts = repeated(captions)
    tokens = np.stack([token_ids(each, vocabulary) for each in texts])
    Trainer(
        title,
        section=section,
        engine=engine,
        data={"pixels": pixels, "captions": tokens, "wordings": counts},
        order=order,
        device=device,
        schedule=Schedule(steps, checkpoint_every=steps),
    ).run()
    trained = copy_for_export(network)
    return (
        keras.Model(trained.inputs[0], trained.outputs[0], name="text_encoder"),
        keras.Model(trained.inputs[1], trained.outputs[1], name="picture_encoder"),
    )


def encode(text_encoder: keras.Model, captions: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.float32]:
    """Returns the vector of each caption ``(captions, vector_size)``."""
    (vectors,) = infer(text_encoder, token_ids(captions, vocabulary))
    return vectors


def encode_wordings(text_encoder: keras.Model, captions: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Wordings:
    """Returns the vectors of all wordings of the captions of pictures."""
    texts, counts = repeated(captions)
    vectors = encode(text_encoder, [text for each in texts for text in each], vocabulary)
    return Wordings(vectors.reshape(len(texts), -1, vectors.shape[-1]), counts)
