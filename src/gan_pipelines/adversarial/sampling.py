"""Images from a generator, the same for the same seed on every backend."""

import keras
import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import random_generator


def draw_latents(generator: keras.Model, count: int, seed: int, stream: str) -> NDArray[np.float32]:
    """Draws standard normal latents ``(count, latent_size)``."""
    size = generator.input_shape[-1]
    return random_generator(seed, stream).standard_normal((count, size), dtype=np.float32)


def generate(generator: keras.Model, latents: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the generator's pixels in [-1, 1] ``(latents, height, width, channels)``, layers in inference mode."""
    (pixels,) = infer(generator, latents)
    return pixels
