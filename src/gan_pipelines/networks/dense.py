"""Fully connected GANs for digits, for photos and for points in the plane."""

import math
from collections.abc import Sequence

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras


def _hidden(x: keras.KerasTensor, widths: Sequence[int]) -> keras.KerasTensor:
    for width in widths:
        x = layers.LeakyReLU()(layers.Dense(width)(x))
    return x


def _image_generator(specification: NetworkSpecification, widths: Sequence[int]) -> keras.Model:
    latent = layers.Input((specification.latent_size,), name="latent")
    pixel_count = math.prod(specification.sample_shape)
    x = layers.Dense(pixel_count, activation="tanh", name="flat_pixels")(_hidden(latent, widths))
    return keras.Model(latent, layers.Reshape(specification.sample_shape, name="pixels")(x), name="generator")


def _image_discriminator(specification: NetworkSpecification, widths: Sequence[int]) -> keras.Model:
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = layers.Dropout(0.3)(_hidden(layers.Flatten()(pixels), widths))
    return keras.Model(pixels, layers.Dense(1, name="logits")(x), name="discriminator")


def mlp_generator(specification: NetworkSpecification) -> keras.Model:
    """Three hidden layers of 256, 512 and 1024 units; 1,526,288 parameters at 28x28x1 and latent size 256.

    "Mastering TensorFlow 1.x", chapter 14.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    return _image_generator(specification, (256, 512, 1024))


def mlp_discriminator(specification: NetworkSpecification) -> keras.Model:
    """One hidden layer of 256 units and dropout, with deliberately low capacity; 201,217 parameters at 28x28x1.

    "Mastering TensorFlow 1.x", chapter 14.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    return _image_discriminator(specification, (256,))


def photo_mlp_generator(specification: NetworkSpecification) -> keras.Model:
    """Two hidden layers of 96 units; 2,710,464 parameters at 96x96x3 and latent size 200.

    The fully connected GAN of an activity in "The TensorFlow Workshop", chapter 11, which does not specify the layers.
    The widths give about as many parameters as the convolutional GAN of the same chapter.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    return _image_generator(specification, (96, 96))


def photo_mlp_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Two hidden layers of 64 units and dropout; 1,773,761 parameters at 96x96x3.

    The fully connected GAN's discriminator in "The TensorFlow Workshop", chapter 11; see `photo_mlp_generator`.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    return _image_discriminator(specification, (64, 64))


def quadratic_generator(specification: NetworkSpecification) -> keras.Model:
    """One hidden layer of 15 units; 122 parameters for 2 coordinates and latent size 5.

    "The TensorFlow Workshop", chapter 11.

    Returns:
        A model from latents ``(batch, latent_size)`` to points ``(batch, coordinates)``, unbounded.
    """
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense(15, activation="relu", kernel_initializer="he_uniform")(latent)
    return keras.Model(latent, layers.Dense(*specification.sample_shape, name="points")(x), name="generator")


def quadratic_discriminator(specification: NetworkSpecification) -> keras.Model:
    """One hidden layer of 25 units; 101 parameters for 2 coordinates.

    "The TensorFlow Workshop", chapter 11.

    Returns:
        A model from points ``(batch, coordinates)`` to logits ``(batch, 1)``.
    """
    points = layers.Input(specification.sample_shape, name="points")
    x = layers.Dense(25, activation="relu", kernel_initializer="he_uniform")(points)
    return keras.Model(points, layers.Dense(1, name="logits")(x), name="discriminator")
