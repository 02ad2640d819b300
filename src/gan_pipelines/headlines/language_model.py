"""Language models: from the words of a headline so far to logits of the next one.

Token ids: 0 pads, 1 begins and ends a headline, 2 stands for every unknown word; words follow.
"""

from collections.abc import Callable, Sequence

import numpy as np
from keras import layers
from numpy.typing import NDArray

from gan_pipelines.headlines.examples import Examples
from gan_pipelines.headlines.model_parameters import LanguageModelParameters
from gan_pipelines.headlines.parameters import ExampleKind
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import stream_seed

_MOST_ROWS = 128
_MOST_LOGITS = 2**24  # of one call: 64 MiB


def build_language_model(
    parameters: LanguageModelParameters, vocabulary_size: int, examples: ExampleKind, seed: int
) -> keras.Model:
    """Builds an untrained language model.

    Args:
        parameters: The architecture.
        vocabulary_size: How many token ids there are.
        examples: ``sequences``: tokens followed by padding, logits for each of them; ``prefixes``: tokens after
            padding, which is passed over, logits for what follows the last.
        seed: Decides the initial weights.

    Returns:
        A model from tokens ``(batch, length)``, int32, of any length, to logits ``(batch, length, vocabulary)``, of
        which each depends on the tokens up to its place alone; ``(batch, vocabulary)`` for ``prefixes``.
    """
    keras.utils.clear_session(free_memory=False)  # layer names count up over a process; start them anew
    keras.utils.set_random_seed(stream_seed(seed, "initial weights of the language model"))
    settings = parameters.model_dump(exclude={"architecture"}, exclude_none=True)
    return _ARCHITECTURES[parameters.architecture](vocabulary_size, examples, **settings)


def chapter_lstm(
    vocabulary_size: int,
    examples: ExampleKind,
    embedding_size: int = 10,
    units: int = 100,
    dropout: float = 0.1,
) -> keras.Model:
    """One LSTM; as published, 111 parameters for each token id and 44,400 beside them.

    "The TensorFlow Workshop", chapter 11; its softmax is left to the loss.
    """
    tokens = layers.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(vocabulary_size, embedding_size, mask_zero=examples == "prefixes", name="embedding")(tokens)
    x = layers.LSTM(units, return_sequences=examples == "sequences", name="lstm")(x)
    logits = layers.Dense(vocabulary_size, name="logits")(layers.Dropout(dropout)(x))
    return keras.Model(tokens, logits, name="language_model")


def tied_lstm(
    vocabulary_size: int,
    examples: ExampleKind,
    embedding_size: int = 128,
    units: int = 256,
    word_dropout: float = 0.1,
    embedding_dropout: float = 0.6,
    dropout: float = 0.6,
) -> keras.Model:
    """An LSTM whose output is projected, and compared with the very embedding it reads.

    Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017. Dropout takes away whole words, and
    whole features of a headline, the same at each of its words (Gal and Ghahramani, "A Theoretically Grounded
    Application of Dropout in Recurrent Neural Networks", 2016).
    """
    embedding = layers.ReversibleEmbedding(
        vocabulary_size,
        embedding_size,
        mask_zero=examples == "prefixes",
        embeddings_initializer=keras.initializers.RandomUniform(-0.1, 0.1),
        reverse_dtype="float32",
        name="embedding",
    )
    tokens = layers.Input((None,), dtype="int32", name="tokens")
    x = layers.Dropout(word_dropout, noise_shape=(None, None, 1))(embedding(tokens))
    x = layers.SpatialDropout1D(embedding_dropout)(x)
    x = layers.LSTM(units, return_sequences=examples == "sequences", name="lstm")(x)
    x = (layers.SpatialDropout1D if examples == "sequences" else layers.Dropout)(dropout)(x)
    x = layers.Dense(embedding_size, name="projection")(x)
    return keras.Model(tokens, embedding(x, reverse=True), name="language_model")


_ARCHITECTURES: dict[str, Callable[..., keras.Model]] = {"chapter_lstm": chapter_lstm, "tied_lstm": tied_lstm}


def next_word_logits(model: keras.Model, contexts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Returns the logits ``(contexts, vocabulary)`` of the word after each context.

    Args:
        model: Of either form.
        contexts: Token ids without padding, beginning with the boundary; each may have a length of its own.
    """
    logits = np.empty((len(contexts), model.output_shape[-1]), np.float32)
    lengths = np.array([len(context) for context in contexts])
    for length in np.unique(lengths):
        (rows,) = np.nonzero(lengths == length)
        logits[rows] = _last_logits(model, np.array([contexts[int(row)] for row in rows], np.int32))
    return logits


def _last_logits(model: keras.Model, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
    rows = _rows(model, tokens.shape[1])
    # Rounding depends on the number of rows, so a last batch of fewer would let a headline depend on its neighbours.
    filled = np.pad(tokens, ((0, -len(tokens) % rows), (0, 0)), mode="edge")
    outputs = [model(filled[start : start + rows], training=False) for start in range(0, len(filled), rows)]
    last = [output if len(output.shape) == 2 else output[:, -1] for output in outputs]
    return np.concatenate([np.asarray(output, np.float32) for output in last])[: len(tokens)]


def _rows(model: keras.Model, length: int) -> int:
    """Returns how many contexts of a length a model is given at a time; what they are has no part in it."""
    return max(1, min(_MOST_ROWS, _MOST_LOGITS // (length * int(model.output_shape[-1]))))


def token_log_probabilities(model: keras.Model, examples: Examples) -> NDArray[np.float64]:
    """Returns how probable a model finds what it is meant to predict.

    Args:
        model: Of the form that the examples have.
        examples: ``tokens`` ``(examples, length)``; ``targets`` ``(examples, length)``, or ``(examples,)`` for
            prefixes.

    Returns:
        The natural logarithm of each target's probability, example by example, without padding.
    """
    losses = []
    count, length = examples["tokens"].shape
    rows = _rows(model, length)
    for start in range(0, count, rows):
        tokens, targets = (examples[name][start : start + rows] for name in ("tokens", "targets"))
        logits = model(tokens, training=False)
        loss = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        losses.append(np.asarray(loss, np.float64)[targets != 0])
    return np.asarray(-np.maximum(np.concatenate(losses), 0))
