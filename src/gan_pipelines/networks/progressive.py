"""Networks that grow: the same layers at every resolution, with a new one faded in.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", 2018,
section 2 and appendix A. Layers are named by their resolution, so that the networks of a stage take over the weights of
the stage before. Differences from the authors' code: the deviation of a batch is over all of its images, as in the
paper, not over groups of 4.
"""

import math

from keras import layers, ops

from gan_pipelines.errors import UserError
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras

_FIRST_SIZE = 4
_EPSILON = 1e-8
_GAIN = math.sqrt(2)


class _Widths:
    """Channels by the size of the features: half of them for twice the size, up to a maximum.

    Args:
        unlimited: Channels at 2 px, if there were no maximum.
        maximum: Maximum number of channels.
    """

    def __init__(self, unlimited: int, maximum: int) -> None:
        self._unlimited, self._maximum = unlimited, maximum

    def __getitem__(self, size: int) -> int:
        return min(2 * self._unlimited // size, self._maximum)


_PUBLISHED, _SMALL = _Widths(8192, 512), _Widths(256, 64)


def published_generator(specification: NetworkSpecification) -> keras.Model:
    """The published generator; 23,071,507 parameters at 1024x1024x3 and latent size 512.

    Returns:
        A model from latents ``(batch, latent_size)`` to pixels ``(batch, size, size, channels)``, of which those of
        real images are in [-1, 1]: the output is linear. If ``specification.fades``, from latents and the share of the
        newest resolution in [0, 1] ``(batch, 1)``.

    Raises:
        UserError: If the images are not square with a power of 2 of at least 4 px, or 8 px if it fades.
    """
    return _generator(specification, _PUBLISHED)


def published_discriminator(specification: NetworkSpecification) -> keras.Model:
    """The published discriminator; 23,077,137 parameters at 1024x1024x3.

    Returns:
        A model from pixels ``(batch, size, size, channels)`` to logits ``(batch, 1)``. If ``specification.fades``, from
        pixels and the share of the newest resolution in [0, 1] ``(batch, 1)``.

    Raises:
        UserError: As `published_generator`.
    """
    return _discriminator(specification, _PUBLISHED)


def small_generator(specification: NetworkSpecification) -> keras.Model:
    """`published_generator` with an eighth of the channels or less; 212,811 parameters at 64x64x3, latent size 64."""
    return _generator(specification, _SMALL)


def small_discriminator(specification: NetworkSpecification) -> keras.Model:
    """`published_discriminator` with an eighth of the channels or less; 213,513 parameters at 64x64x3."""
    return _discriminator(specification, _SMALL)


def _generator(specification: NetworkSpecification, widths: _Widths) -> keras.Model:
    size, channels = _size(specification), specification.sample_shape[-1]
    latent = layers.Input((specification.latent_size,), name="latent")
    x = layers.Reshape((1, 1, specification.latent_size))(_pixel_norm(latent))
    x = layers.Rescaling(_GAIN / 4 / math.sqrt(specification.latent_size), name="4_dense_scale")(x)
    x = layers.Conv2DTranspose(widths[4], 4, kernel_initializer=_normal(), name="4_dense")(x)
    x = _normalized(_convolution(_normalized(x), widths[4], "4_conv"))
    smaller = x
    for side in _sides(8, size):
        smaller = x
        x = layers.UpSampling2D(name=f"{side}_up")(x)
        for number in (0, 1):
            x = _normalized(_convolution(x, widths[side], f"{side}_conv{number}"))
    pixels = _to_pixels(x, channels, size)
    if not specification.fades:
        return keras.Model(latent, pixels, name="generator")
    share = layers.Input((1,), name="share")
    old = layers.UpSampling2D(name=f"{size}_old_up")(_to_pixels(smaller, channels, size // 2))
    return keras.Model([latent, share], _faded(old, pixels, share), name="generator")


def _discriminator(specification: NetworkSpecification, widths: _Widths) -> keras.Model:
    size = _size(specification)
    pixels = layers.Input(specification.sample_shape, name="pixels")
    share = layers.Input((1,), name="share")
    x = _from_pixels(pixels, widths[size], size)
    for side in reversed(_sides(8, size)):
        x = _leaky(_convolution(x, widths[side], f"{side}_conv0"))
        x = _leaky(_convolution(x, widths[side // 2], f"{side}_conv1"))
        x = layers.AveragePooling2D(2, name=f"{side}_down")(x)
        if specification.fades and side == size:
            smaller = layers.AveragePooling2D(2, name=f"{size}_old_down")(pixels)
            x = _faded(_from_pixels(smaller, widths[size // 2], size // 2), x, share)
    x = _leaky(_convolution(_with_deviation(x), widths[4], "4_conv"))
    x = layers.Rescaling(_GAIN / math.sqrt(16 * widths[4]), name="4_dense_scale")(x)
    x = _leaky(layers.Conv2D(widths[2], 4, kernel_initializer=_normal(), name="4_dense")(x))
    x = layers.Rescaling(1 / math.sqrt(widths[2]), name="logits_scale")(layers.Flatten()(x))
    logits = layers.Dense(1, kernel_initializer=_normal(), name="logits")(x)
    return keras.Model([pixels, share] if specification.fades else pixels, logits, name="discriminator")


def _convolution(
    x: keras.KerasTensor, filters: int, name: str, kernel: int = 3, gain: float = _GAIN
) -> keras.KerasTensor:
    """Applies a convolution with an equalised learning rate: its kernel of deviation 1 is scaled when it is used.

    The input is scaled instead of the kernel, which is the same and needs no layer of its own.
    """
    scale = gain / math.sqrt(kernel * kernel * x.shape[-1])
    x = layers.Rescaling(scale, name=f"{name}_scale")(x)
    return layers.Conv2D(filters, kernel, padding="same", kernel_initializer=_normal(), name=name)(x)


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=1.0)


def _to_pixels(x: keras.KerasTensor, channels: int, size: int) -> keras.KerasTensor:
    return _convolution(x, channels, f"{size}_to_pixels", kernel=1, gain=1.0)


def _from_pixels(pixels: keras.KerasTensor, filters: int, size: int) -> keras.KerasTensor:
    return _leaky(_convolution(pixels, filters, f"{size}_from_pixels", kernel=1))


def _leaky(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.LeakyReLU(negative_slope=0.2)(x)


def _normalized(x: keras.KerasTensor) -> keras.KerasTensor:
    """Applies leaky ReLU and pixel normalisation."""
    return _pixel_norm(_leaky(x))


def _pixel_norm(x: keras.KerasTensor) -> keras.KerasTensor:
    """Divides the channels of each pixel by their root mean square."""
    mean = ops.mean(ops.square(ops.cast(x, "float32")), axis=-1, keepdims=True)
    return x * ops.rsqrt(mean + _EPSILON)


def _with_deviation(x: keras.KerasTensor) -> keras.KerasTensor:
    """Adds a channel with the deviation over the batch, averaged over places and channels."""
    values = ops.cast(x, "float32")
    centred = values - ops.mean(values, axis=0, keepdims=True)
    deviation = ops.mean(ops.sqrt(ops.mean(ops.square(centred), axis=0) + _EPSILON))
    return ops.concatenate([values, 0.0 * values[..., :1] + deviation], axis=-1)


def _faded(old: keras.KerasTensor, new: keras.KerasTensor, share: keras.KerasTensor) -> keras.KerasTensor:
    return old + (new - old) * ops.reshape(share, (-1, 1, 1, 1))


def _sides(first: int, last: int) -> list[int]:
    """Returns first, 2 * first, ..., last."""
    return [first << power for power in range((last // first).bit_length())]


def _size(specification: NetworkSpecification) -> int:
    height, width, _ = specification.sample_shape
    smallest = 2 * _FIRST_SIZE if specification.fades else _FIRST_SIZE
    if height != width or height.bit_count() != 1 or height < smallest:
        raise UserError(
            f"Networks that grow need square images whose side is a power of 2, at least {smallest} px; these have "
            f"{height}x{width} px. Change images.size, or the sizes in training.stages."
        )
    return height
