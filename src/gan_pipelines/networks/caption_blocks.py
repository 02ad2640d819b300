"""Layers that the networks which draw from captions share."""

from typing import Literal

from keras import layers, ops

from gan_pipelines.errors import UserError
from gan_pipelines.networks.translation_blocks import leaky_relu
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import stream_seed

Shape = tuple[int, int, int]
"""Height, width and channels of pictures."""

Initial = float | Literal["glorot_uniform"]
"""How kernels start: the deviation of normal numbers, which are cut at two deviations, or Glorot's uniform numbers."""

LEAST = 4
"""Height and width of the smallest map: generators start from it, discriminators end at it."""

MEAN, LOG_DEVIATION = "mean", "log_deviation"
"""Names of the layers that hold mean and logarithm of the deviation of the conditions."""

_EPSILON = 1e-5  # of batch normalisation, as in the papers' code; Keras's default is 1e-3
_MOMENTUM = 0.9  # of the running statistics, as in the papers' code; Keras's default is 0.99


def start_network(seed: int, purpose: str) -> None:
    """Makes the names and initial weights of the layers that follow depend on these arguments alone."""
    keras.utils.clear_session(free_memory=False)  # resets the counters in layer names, which are global to the process
    keras.utils.set_random_seed(stream_seed(seed, f"initial weights of {purpose}"))


def doublings(image_shape: Shape) -> int:
    """Returns how often a map of 4x4 px is doubled to be as large as a picture: 1 at 8 px, 4 at 64 px.

    Raises:
        UserError: If the picture is not square, or its side is not 8, 16, 32, ... px.
    """
    height, width, _ = image_shape
    count = (height // LEAST).bit_length() - 1
    if height != width or count < 1 or height != LEAST << count:
        raise UserError(
            f"images.size: the pictures are {height}x{width} px, but networks that draw from captions double a map of "
            "4x4 px. Set a square of 8, 16, 32, 64, ... px, 4 times a power of 2."
        )
    return count


def condition_of(
    mean: keras.KerasTensor, log_deviation: keras.KerasTensor, spread: keras.KerasTensor
) -> keras.KerasTensor:
    """Draws conditions around their means, the conditioning augmentation of Zhang et al., "StackGAN", 2016.

    Args:
        mean: Means of the conditions ``(batch, condition_size)``; in the model, the layer ``mean`` holds them.
        log_deviation: Logarithms of their deviations, of the same shape; the layer ``log_deviation`` holds them.
        spread: Standard normal numbers of the same shape.

    Returns:
        Conditions ``(batch, condition_size)``, mean + deviation * spread.
    """
    mean = layers.Identity(name=MEAN)(mean)
    return mean + ops.exp(layers.Identity(name=LOG_DEVIATION)(log_deviation)) * spread


def conditioning_view(generator: keras.Model) -> keras.Model:
    """Returns a model of what a generator makes of captions; it shares the generator's weights.

    Args:
        generator: A generator of `stackgan` or `stackgan_tree`, or a copy of one. Of both stages, stage II counts.

    Returns:
        A model from captions ``(batch, caption_size)`` to ``[mean, log_deviation]`` of the conditions, each
        ``(batch, condition_size)``, in the precision in which the generator computes.
    """
    (caption,) = (tensor for tensor in generator.inputs if tensor.name == "caption")
    outputs = [generator.get_layer(name).output for name in (MEAN, LOG_DEVIATION)]
    return keras.Model(caption, outputs, name="conditioning")


def halves(x: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Splits the channels, or the numbers of a vector, into a first and a second half."""
    first, second = ops.split(x, 2, axis=-1)
    return first, second


def gated(x: keras.KerasTensor) -> keras.KerasTensor:
    """Multiplies the first half of the channels by the sigmoid of the second (Dauphin et al., 2016, "GLU")."""
    first, second = halves(x)
    return first * ops.sigmoid(second)


def beside_maps(vector: keras.KerasTensor, x: keras.KerasTensor) -> keras.KerasTensor:
    """Joins a vector ``(batch, size)``, repeated at each place, and maps to ``(batch, height, width, size + ...)``."""
    place = layers.Reshape((1, 1, vector.shape[-1]))(vector)
    return layers.Concatenate()([layers.UpSampling2D(tuple(x.shape[1:3]))(place), x])


def normalized(x: keras.KerasTensor) -> keras.KerasTensor:
    """Applies batch normalisation with scales that start near 1, with a deviation of 0.02."""
    gamma = keras.initializers.RandomNormal(mean=1.0, stddev=0.02)
    return layers.BatchNormalization(momentum=_MOMENTUM, epsilon=_EPSILON, gamma_initializer=gamma)(x)


def initializer(initial: Initial) -> keras.initializers.Initializer | str:
    """Returns a new initializer: one without a seed draws the same numbers at each of its calls."""
    return initial if isinstance(initial, str) else keras.initializers.TruncatedNormal(stddev=initial)


def convolution(
    x: keras.KerasTensor, filters: int, kernel: int, initial: Initial, **options: object
) -> keras.KerasTensor:
    """Applies a convolution with zero padding, without biases; ``options`` as those of `keras.layers.Conv2D`."""
    settings = {"padding": "same", "use_bias": False, "kernel_initializer": initializer(initial), **options}
    return layers.Conv2D(filters, kernel, **settings)(x)


def normalized_convolution(
    x: keras.KerasTensor, filters: int, kernel: int, initial: Initial, **options: object
) -> keras.KerasTensor:
    """Applies a convolution as above and batch normalisation."""
    return normalized(convolution(x, filters, kernel, initial, **options))


def pixels_of(x: keras.KerasTensor, channels: int, initial: Initial, name: str = "pixels") -> keras.KerasTensor:
    """Maps features to pixels in [-1, 1] ``(batch, height, width, channels)``, by a 3x3 convolution and tanh."""
    return convolution(x, channels, 3, initial, activation="tanh", name=name)


def strided_maps(pixels: keras.KerasTensor, width: int, initial: Initial, *, widest: int) -> keras.KerasTensor:
    """Halves pictures down to 4x4 px by 4x4 convolutions with stride 2.

    Args:
        pixels: Pictures ``(batch, size, size, channels)``.
        width: Channels of the first convolution, doubled with each further one.
        initial: How kernels start.
        widest: Largest number of channels.

    Returns:
        Maps ``(batch, 4, 4, min(width * size / 8, widest))``, those of the last convolution not yet activated.
    """
    x = convolution(pixels, width, 4, initial, strides=2)
    while x.shape[1] > LEAST:
        x = normalized_convolution(leaky_relu(x), min(2 * x.shape[-1], widest), 4, initial, strides=2)
    return x
