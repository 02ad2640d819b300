"""Samples from a generator, the same for the same seed on every backend."""

import keras
import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import Distribution, draw


def draw_latents(
    generator: keras.Model, count: int, distribution: Distribution, seed: int, stream: str
) -> NDArray[np.float32]:
    """Draws latents ``(count, latent_size)``."""
    return draw(distribution, (count, generator.input_shape[-1]), seed, stream)


def generate(generator: keras.Model, latents: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the generator's samples (images in [-1, 1], or points) ``(latents, ...)``, layers in inference mode."""
    (samples,) = infer(generator, latents)
    return samples
