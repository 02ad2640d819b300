"""Networks of two layers, and images, for tests of what works with any network."""

import keras
import numpy as np
from keras import layers

LATENT_SIZE = 3
IMAGE_SHAPE = (4, 4, 1)


def images(count: int = 40, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (count, *IMAGE_SHAPE)).astype(np.float32)


def generator(seed: int = 0) -> keras.Model:
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    latent = layers.Input((LATENT_SIZE,), name="latent")
    x = layers.BatchNormalization()(layers.Dense(16)(latent))
    pixels = layers.Reshape(IMAGE_SHAPE)(layers.Activation("tanh")(x))
    return keras.Model(latent, pixels, name="generator")


def discriminator(seed: int = 0) -> keras.Model:
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed + 1)
    pixels = layers.Input(IMAGE_SHAPE, name="pixels")
    x = layers.Dropout(0.3)(layers.LeakyReLU()(layers.Dense(8)(layers.Flatten()(pixels))))
    return keras.Model(pixels, layers.Dense(1)(x), name="discriminator")
