"""Sampling from a generator; equal seeds give equal latents on every backend.

A generator takes latents ``(batch, latent_size)``. Conditional networks take one-hot classes ``(batch, classes)`` as a
second input.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.mutual_information import cyclic_categories, draw_codes
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import Distribution, draw, draw_within

_Batch = TypeVar("_Batch")


def latent_size(generator: keras.Model) -> int:
    """Returns the length of a generator's latents."""
    return int(generator.inputs[0].shape[-1])


def class_count(network: keras.Model) -> int:
    """Returns the number of classes of a conditional network; 0 for others."""
    return int(network.inputs[1].shape[-1]) if len(network.inputs) > 1 else 0


def network_inputs(first: _Batch, classes: _Batch | None) -> _Batch | list[_Batch]:
    """Returns the inputs of a network: the first one, and the one-hot classes if there are any."""
    return first if classes is None else [first, classes]


def cyclic_labels(generator: keras.Model, count: int) -> NDArray[np.int64] | None:
    """Returns 0, 1, …, classes - 1, repeated cyclically, ``(count,)``; None if the generator takes no classes."""
    classes = class_count(generator)
    return np.arange(count, dtype=np.int64) % classes if classes else None


def conditioning(generator: keras.Model, codes: CodeParameters | None, count: int) -> dict[str, NDArray[np.int64]]:
    """Returns the ``labels`` of the samples, or the categories of their ``codes``; empty if there are neither."""
    labels = cyclic_labels(generator, count)
    if labels is not None:
        return {"labels": labels}
    return {} if codes is None else {"codes": cyclic_categories(codes, count)}


def draw_latents(
    generator: keras.Model,
    count: int,
    distribution: Distribution,
    seed: int,
    stream: str,
    codes: CodeParameters | None = None,
    truncation: float | None = None,
) -> NDArray[np.float32]:
    """Draws latents ``(count, latent_size)``; codes, if any, come last, with categories in cyclic order.

    A truncation bounds the noise (see `draw_within`), but not the codes.
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
    """Runs the generator in inference mode; returns images in [-1, 1], or points, ``(latents, ...)``.

    A conditional generator gets the labels ``(latents,)``. Default: `cyclic_labels`.
    """
    class_indices = cyclic_labels(generator, len(latents)) if labels is None else labels
    classes = None if class_indices is None else np.eye(class_count(generator), dtype=np.float32)[class_indices]
    (samples,) = infer(generator, network_inputs(latents, classes))
    return samples
