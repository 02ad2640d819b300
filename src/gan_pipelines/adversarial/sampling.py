"""Samples from a generator, the same for the same seed on every backend.

A generator takes latents ``(batch, latent_size)``; a conditional one also takes classes, one-hot ``(batch, classes)``,
and so does its discriminator beside the samples.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.information import categories_in_turn, draw_codes
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import Distribution, draw, draw_within

_Batch = TypeVar("_Batch")


def latent_size(generator: keras.Model) -> int:
    """Returns the length of a generator's latents."""
    return int(generator.inputs[0].shape[-1])


def classes_of(network: keras.Model) -> int:
    """Returns how many classes a network can be told of; 0 where it takes none."""
    return int(network.inputs[1].shape[-1]) if len(network.inputs) > 1 else 0


def beside(first: _Batch, classes: _Batch | None) -> _Batch | list[_Batch]:
    """Returns what a network takes: its first input alone, or with one-hot classes beside it."""
    return first if classes is None else [first, classes]


def labels_in_turn(generator: keras.Model, count: int) -> NDArray[np.int64] | None:
    """Returns the classes 0, 1, 2, … and from 0 again, ``(count,)``; None where the generator takes none."""
    classes = classes_of(generator)
    return np.arange(count, dtype=np.int64) % classes if classes else None


def rows_of(generator: keras.Model, codes: CodeParameters | None, count: int) -> dict[str, NDArray[np.int64]]:
    """Returns what tells samples apart: the ``labels`` that were asked for, or the categories of their ``codes``."""
    labels = labels_in_turn(generator, count)
    if labels is not None:
        return {"labels": labels}
    return {} if codes is None else {"codes": categories_in_turn(codes, count)}


def draw_latents(
    generator: keras.Model,
    count: int,
    distribution: Distribution,
    seed: int,
    stream: str,
    codes: CodeParameters | None = None,
    truncation: float | None = None,
) -> NDArray[np.float32]:
    """Draws latents ``(count, latent_size)``; where there are codes, they come last and their categories in turn.

    Where there is a truncation, it bounds the noise (see `draw_within`), but not the codes.
    """
    shape = (count, latent_size(generator) - (0 if codes is None else codes.size))
    if truncation is None:
        noise = draw(distribution, shape, seed, stream)
    else:
        noise = draw_within(truncation, distribution, shape, seed, stream)
    if codes is None:
        return noise
    return np.concatenate([noise, draw_codes(codes, count, seed, f"{stream}/codes")], axis=1)


def generate(
    generator: keras.Model, latents: NDArray[np.float32], labels: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """Returns the generator's samples (images in [-1, 1], or points) ``(latents, ...)``, layers in inference mode.

    A generator that takes classes is asked for those of the labels ``(latents,)``; without labels, it gets them in
    turn, as `labels_in_turn` says.
    """
    wanted = labels_in_turn(generator, len(latents)) if labels is None else labels
    classes = None if wanted is None else np.eye(classes_of(generator), dtype=np.float32)[wanted]
    (samples,) = infer(generator, beside(latents, classes))
    return samples
