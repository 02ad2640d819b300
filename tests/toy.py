"""Networks of two layers, and images, for tests of what works with any network."""

import keras
import numpy as np
from keras import layers

from gan_pipelines.training.codes import CodeParameters

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


def coded_pair(codes: CodeParameters, seed: int = 0) -> tuple[keras.Model, keras.Model]:
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    latent = layers.Input((LATENT_SIZE + codes.size,), name="latent")
    x = layers.Dense(16, activation="tanh")(layers.BatchNormalization()(layers.Dense(16)(latent)))
    generator = keras.Model(latent, layers.Reshape(IMAGE_SHAPE)(x), name="generator")
    pixels = layers.Input(IMAGE_SHAPE, name="pixels")
    body = layers.LeakyReLU()(layers.Dense(16)(layers.Flatten()(pixels)))
    outputs = [layers.Dense(1)(body), layers.Dense(codes.categories)(body)]
    if codes.continuous:
        outputs.append(layers.Dense(2 * codes.continuous)(body))
    return generator, keras.Model(pixels, outputs, name="discriminator")


def conditional_pair(classes: int = 2, seed: int = 0) -> tuple[keras.Model, keras.Model]:
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    latent, asked = layers.Input((LATENT_SIZE,), name="latent"), layers.Input((classes,), name="label")
    x = layers.Dense(16, activation="tanh")(layers.Concatenate()([latent, asked]))
    generator = keras.Model([latent, asked], layers.Reshape(IMAGE_SHAPE)(x), name="generator")
    pixels, told = layers.Input(IMAGE_SHAPE, name="pixels"), layers.Input((classes,), name="label")
    features = layers.Dropout(0.1)(layers.LeakyReLU()(layers.Dense(8)(layers.Flatten()(pixels))))
    fit = layers.Dot(axes=1)([features, layers.Dense(8, use_bias=False)(told)])
    logits = layers.Add()([layers.Dense(1)(features), fit])
    return generator, keras.Model([pixels, told], logits, name="discriminator")
