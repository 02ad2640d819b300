"""Augmentation that gradients pass through, so that generated images can be augmented like real ones.

Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for Data-Efficient GAN Training", 2020: the discriminator
never sees an image that was not augmented, so it cannot learn the few real ones by heart, and the generator does not
learn to draw augmented images. The ranges are the paper's, for pixels in [-1, 1].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keras import ops

from gan_pipelines.adversarial.parameters import AugmentationName
from gan_pipelines.training.backend import Key, Tensor, noise

_LARGEST_SHIFT = 1 / 8  # of the image's side
_CUT = 1 / 2  # of the image's side


@dataclass(frozen=True)
class Augmentation:
    """Changes images at random, each in its own way.

    Args:
        names: What is done, in this order; nothing leaves samples of any kind as they are.
    """

    names: Sequence[AugmentationName] = ()

    def __call__(self, images: Tensor, key: Key) -> Tensor:
        """Augments images ``(batch, height, width, channels)``; the same key draws the same changes."""
        for name in self.names:
            images = _CHANGES[name](images, key.within(name))
        return images


def _brightness(images: Tensor, key: Key) -> Tensor:
    """Adds a number in [-0.5, 0.5] to all pixels of an image."""
    return images + 0.5 * _shares(key, "shift", images)


def _saturation(images: Tensor, key: Key) -> Tensor:
    """Multiplies each pixel's distance from its gray by a factor in [0, 2]; a gray image stays as it is."""
    return _scaled_around(ops.mean(images, axis=-1, keepdims=True), images, 1.0 + _shares(key, "factor", images))


def _contrast(images: Tensor, key: Key) -> Tensor:
    """Multiplies each pixel's distance from the image's mean by a factor in [0.5, 1.5]."""
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return _scaled_around(mean, images, 1.0 + 0.5 * _shares(key, "factor", images))


def _translation(images: Tensor, key: Key) -> Tensor:
    """Shifts by up to an eighth of the side each way; 0 comes in, the middle of the range of pixels.

    Done as a product with a matrix for each axis, whose gradient is a product too: that of a gather would be a scatter,
    whose sums on some devices depend on the order of the threads.
    """
    _, height, width, _ = images.shape
    down = _shift_matrices(_offsets(key, "down", images, round(height * _LARGEST_SHIFT)), height)
    right = _shift_matrices(_offsets(key, "right", images, round(width * _LARGEST_SHIFT)), width)
    return ops.einsum("nij,njkc,nlk->nilc", down, images, right)


def _cutout(images: Tensor, key: Key) -> Tensor:
    """Sets a square of half the side to 0; its middle lies anywhere in the image."""
    _, height, width, _ = images.shape
    rows = _is_cut(key, "rows", images, height)
    columns = _is_cut(key, "columns", images, width)
    return images * (1.0 - rows[:, :, None, None] * columns[:, None, :, None])


_CHANGES: dict[AugmentationName, Callable[[Tensor, Key], Tensor]] = {
    "brightness": _brightness,
    "saturation": _saturation,
    "contrast": _contrast,
    "translation": _translation,
    "cutout": _cutout,
}


def _shares(key: Key, stream: str, images: Tensor) -> Tensor:
    """Draws a number in [-1, 1] for each image, ``(batch, 1, 1, 1)``."""
    return noise(key, stream, (ops.shape(images)[0], 1, 1, 1), "uniform")


def _scaled_around(middle: Tensor, images: Tensor, factor: Tensor) -> Tensor:
    return middle + (images - middle) * factor


def _whole_numbers(key: Key, stream: str, images: Tensor, count: int) -> Tensor:
    """Draws one of 0 … count - 1 for each image, int32 ``(batch,)``."""
    share = (noise(key, stream, (ops.shape(images)[0],), "uniform") + 1.0) / 2.0
    return ops.minimum(ops.cast(ops.floor(share * count), "int32"), count - 1)


def _offsets(key: Key, stream: str, images: Tensor, largest: int) -> Tensor:
    return _whole_numbers(key, stream, images, 2 * largest + 1) - largest


def _shift_matrices(offsets: Tensor, side: int) -> Tensor:
    """Returns for each offset the matrix ``(side, side)`` that takes line i from line i - offset, or from none."""
    return ops.one_hot(ops.arange(side)[None, :] - offsets[:, None], side, dtype="float32")


def _is_cut(key: Key, stream: str, images: Tensor, side: int) -> Tensor:
    """Returns 1 on the lines of a cut and 0 elsewhere, ``(batch, side)``."""
    length = round(side * _CUT)
    first = _whole_numbers(key, stream, images, side) - length // 2
    line = ops.arange(side)[None, :] - first[:, None]
    return ops.cast(ops.logical_and(line >= 0, line < length), "float32")
