"""Conditional GAN for 28x28 digits: both networks take the class.

Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014. Classes are one-hot vectors, as in the paper: the
input shape gives the number of classes, and the gradient is a matrix product, not a scatter.

The generator is that of the InfoGAN. The discriminator is the InfoGAN's as published, with batch normalisation. In one
run each on the embedded digits, `frechet_classifier_distance` to training images was 7.6 after 200 steps; with dropout
instead, that to held-out images was 14.3 after 600 steps; that between real images is 3.2. With the networks of the
DCGAN for digits, the generator collapsed to one image per class.
"""

from keras import layers

from gan_pipelines.networks.blocks import FEATURES, batch_norm, generator_output, leaky_relu
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras


def conditional_generator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's generator on noise and class; 6,665,153 parameters at 28x28x1, noise size 62 and 10 classes.

    Returns:
        A model from latents ``(batch, latent_size)`` and one-hot classes ``(batch, classes)`` to pixels in [-1, 1]
        ``(batch, height, width, channels)``.
    """
    latent = layers.Input((specification.latent_size,), name="latent")
    label = layers.Input((specification.classes,), name="label")
    pixels = generator_output(layers.Concatenate()([latent, label]), specification.sample_shape)
    return keras.Model([latent, label], pixels, name="generator")


def projection_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The published InfoGAN's body with class projection; 6,571,713 parameters at 28x28x1 and 10 classes.

    Miyato and Koyama, "cGANs with Projection Discriminator", 2018: the logit is the sum of an unconditional
    logit and the inner product of the image's features with an embedding of the class.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` and one-hot classes ``(batch, classes)`` to
        logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    label = layers.Input((specification.classes,), name="label")
    x = leaky_relu(layers.Conv2D(64, 4, strides=2, padding="same")(pixels))
    x = leaky_relu(batch_norm(layers.Conv2D(128, 4, strides=2, padding="same")(x)))
    features = leaky_relu(batch_norm(layers.Dense(FEATURES)(layers.Flatten()(x))))
    embedding = layers.Dense(features.shape[-1], use_bias=False, name="label_embedding")(label)
    projection = layers.Dot(axes=1, name="fit")([features, embedding])
    logits = layers.Add(name="logits")([layers.Dense(1, name="realism")(features), projection])
    return keras.Model([pixels, label], logits, name="discriminator")
