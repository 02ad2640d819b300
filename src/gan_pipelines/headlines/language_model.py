"""Language models: next-word logits from the preceding words of a headline.

Token ids: 0 is padding, 1 is the boundary (start and end of a headline), 2 is the unknown word; words start at 3.
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

_MAXIMUM_ROWS = 128
_MAXIMUM_LOGITS = 2**24  # per call of the model: 64 MiB


def build_language_model(
    parameters: LanguageModelParameters, vocabulary_size: int, examples: ExampleKind, seed: int
) -> keras.Model:
    """Builds an untrained language model.

    Args:
        parameters: The architecture.
        vocabulary_size: Number of token ids.
        examples: ``sequences``: tokens padded at the end, logits at every position; ``prefixes``: tokens padded at the
            start, padding masked, logits of the token after the last.
        seed: Seed of the initial weights.

    Returns:
        A model from tokens ``(batch, length)``, int32, of any length, to logits ``(batch, length, vocabulary)``, each
        of which depends only on the tokens up to its position; to ``(batch, vocabulary)`` for ``prefixes``.
    """
    keras.utils.clear_session(free_memory=False)  # resets the counters of automatic layer names
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
    """One LSTM; as published, 111 parameters per token id and 44,400 others.

    "The TensorFlow Workshop", chapter 11; its softmax is part of the loss instead of the model.
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
    """LSTM with tied input and output embeddings, and a projection of its output to the embedding size.

    Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017. Dropout is variational: it drops
    whole words, and features with one mask for all positions of a headline (Gal and Ghahramani, "A Theoretically
    Grounded Application of Dropout in Recurrent Neural Networks", 2016).
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
        model: Model of ``sequences`` or ``prefixes``.
        contexts: Token ids without padding, beginning with the boundary; lengths may differ.
    """
    logits = np.empty((len(contexts), model.output_shape[-1]), np.float32)
    lengths = np.array([len(context) for context in contexts])
    for length in np.unique(lengths):
        (rows,) = np.nonzero(lengths == length)
        logits[rows] = _last_logits(model, np.array([contexts[int(row)] for row in rows], np.int32))
    return logits


def _last_logits(model: keras.Model, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
    rows = _batch_rows(model, tokens.shape[1])
    # Rounding depends on the number of rows; padding the last batch keeps results independent of the other contexts.
    padded = np.pad(tokens, ((0, -len(tokens) % rows), (0, 0)), mode="edge")
    outputs = [model(padded[start : start + rows], training=False) for start in range(0, len(padded), rows)]
    last = [output if len(output.shape) == 2 else output[:, -1] for output in outputs]
    return np.concatenate([np.asarray(output, np.float32) for output in last])[: len(tokens)]


def _batch_rows(model: keras.Model, length: int) -> int:
    """Returns the number of contexts per call; it depends only on their length and the vocabulary size."""
    return max(1, min(_MAXIMUM_ROWS, _MAXIMUM_LOGITS // (length * int(model.output_shape[-1]))))


def token_log_probabilities(model: keras.Model, examples: Examples) -> NDArray[np.float64]:
    """Computes the log-probabilities of the targets.

    Args:
        model: Model of the kind of the examples, ``sequences`` or ``prefixes``.
        examples: ``tokens`` ``(examples, length)``; ``targets`` ``(examples, length)``, or ``(examples,)`` for
            prefixes.

    Returns:
        The natural logarithm of the probability of each target, example by example, without padding.
    """
    losses = []
    count, length = examples["tokens"].shape
    rows = _batch_rows(model, length)
    for start in range(0, count, rows):
        tokens, targets = (examples[name][start : start + rows] for name in ("tokens", "targets"))
        logits = model(tokens, training=False)
        loss = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        losses.append(np.asarray(loss, np.float64)[targets != 0])
    return np.asarray(-np.maximum(np.concatenate(losses), 0))
