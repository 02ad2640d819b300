"""A conditional GAN for 28x28 digits: both networks are told a class.

Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014. Classes come as one-hot vectors, as in the paper:
the size of that input says how many there are, and its gradient is a product like any other.

The generator is that of the InfoGAN; the discriminator is its as published, with batch normalisation (in one training
of each on the embedded digits, samples were 7.6 from training images after 200 steps, and with dropout instead 14.3
from held-out ones after 600, where other real images are at 3.2). With the networks of the DCGAN for digits the
generator drew one image for each class: told the class, it has less reason to heed its latents.
"""

from keras import layers

from gan_pipelines.networks.information import FEATURES, drawn_pixels, leaky, normalised
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras


def conditional_generator(specification: NetworkSpecification) -> keras.Model:
    """The InfoGAN's generator on latents beside the class; 6,665,153 parameters at 28x28x1, 62 noises and 10 classes.

    Returns:
        A model from latents ``(batch, latent_size)`` and one-hot classes ``(batch, classes)`` to pixels in [-1, 1]
        ``(batch, height, width, channels)``.
    """
    latent = layers.Input((specification.latent_size,), name="latent")
    label = layers.Input((specification.classes,), name="label")
    pixels = drawn_pixels(layers.Concatenate()([latent, label]), specification.sample_shape)
    return keras.Model([latent, label], pixels, name="generator")


def projection_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The published InfoGAN's body with a projection of the class; 6,571,713 parameters at 28x28x1 and 10 classes.

    Miyato and Koyama, "cGANs with Projection Discriminator", 2018: the logit is that of any image, plus the product of
    the image's features with an embedding of the class.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` and one-hot classes ``(batch, classes)`` to
        logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    label = layers.Input((specification.classes,), name="label")
    x = leaky(layers.Conv2D(64, 4, strides=2, padding="same")(pixels))
    x = leaky(normalised(layers.Conv2D(128, 4, strides=2, padding="same")(x)))
    features = leaky(normalised(layers.Dense(FEATURES)(layers.Flatten()(x))))
    embedding = layers.Dense(features.shape[-1], use_bias=False, name="label_embedding")(label)
    fit = layers.Dot(axes=1, name="fit")([features, embedding])
    logits = layers.Add(name="logits")([layers.Dense(1, name="realism")(features), fit])
    return keras.Model([pixels, label], logits, name="discriminator")
