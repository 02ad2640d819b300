"""Two DCGANs for 28x28 digits: one with transposed convolutions, one with nearest-neighbour upsampling."""

from keras import layers

from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras


def transposed_generator(specification: NetworkSpecification) -> keras.Model:
    """Upsamples 7x7 to 28x28 by two transposed convolutions of stride 2; 2,330,944 parameters at latent size 100.

    "Getting Started with DCGANs" (Paperspace blog), after Radford, Metz and Chintala, "Unsupervised Representation
    Learning with Deep Convolutional Generative Adversarial Networks", 2015.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Dense((height // 4) * (width // 4) * 256, use_bias=False)(latent)
    x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((height // 4, width // 4, 256))(x)
    for filters, strides in ((128, 1), (64, 2)):
        x = layers.Conv2DTranspose(filters, 5, strides=strides, padding="same", use_bias=False)(x)
        x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    pixels = layers.Conv2DTranspose(
        channels, 5, strides=2, padding="same", use_bias=False, activation="tanh", name="pixels"
    )(x)
    return keras.Model(latent, pixels, name="generator")


def strided_discriminator(specification: NetworkSpecification) -> keras.Model:
    """Two strided convolutions with dropout; 212,865 parameters at 28x28x1.

    "Getting Started with DCGANs" (Paperspace blog).

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = pixels
    for filters in (64, 128):
        x = layers.Conv2D(filters, 5, strides=2, padding="same")(x)
        x = layers.Dropout(0.3)(layers.LeakyReLU()(x))
    logits = layers.Dense(1, name="logits")(layers.Flatten()(x))
    return keras.Model(pixels, logits, name="discriminator")


def strided_critic(specification: NetworkSpecification) -> keras.Model:
    """The strided discriminator without dropout, so that its input gradient is deterministic; 212,865 parameters.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to critic values ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = pixels
    for filters in (64, 128):
        x = layers.LeakyReLU()(layers.Conv2D(filters, 5, strides=2, padding="same")(x))
    return keras.Model(pixels, layers.Dense(1, name="logits")(layers.Flatten()(x)), name="discriminator")


def upsampling_generator(specification: NetworkSpecification) -> keras.Model:
    """Upsamples 5x5 to 40x40, then a dense layer outputs all pixels; 21,162,496 parameters at latent size 256.

    "Mastering TensorFlow 1.x", chapter 14.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels in [-1, 1] ``(batch, height, width, channels)``.
    """
    height, width, channels = specification.sample_shape
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.LeakyReLU()(layers.Dense(3200)(latent))
    x = layers.Reshape((5, 5, 128))(x)
    for filters in (64, 32, 16):
        x = layers.Conv2D(filters, 5, padding="same")(layers.UpSampling2D()(x))
        x = layers.LeakyReLU()(x)
    x = layers.Dense(height * width * channels, activation="tanh", name="flat_pixels")(layers.Flatten()(x))
    pixels = layers.Reshape(specification.sample_shape, name="pixels")(x)
    return keras.Model(latent, pixels, name="generator")


def pooled_discriminator(specification: NetworkSpecification) -> keras.Model:
    """One convolution and max pooling, with deliberately low capacity; 14,209 parameters at 28x28x1.

    "Mastering TensorFlow 1.x", chapter 14.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, channels)`` to logits ``(batch, 1)``.
    """
    pixels = layers.Input(specification.sample_shape, name="pixels")
    x = layers.LeakyReLU()(layers.Conv2D(64, 5, padding="same")(pixels))
    x = layers.Flatten()(layers.MaxPooling2D()(x))
    return keras.Model(pixels, layers.Dense(1, name="logits")(x), name="discriminator")
