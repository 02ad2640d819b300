"""Differentiable augmentation of real and generated images.

Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for Data-Efficient GAN Training", 2020: all inputs of the
discriminator are augmented, so it cannot memorise a small training set; gradients pass through the augmentation to the
generator, which therefore does not learn to generate augmented images. The ranges are the paper's, for pixels in
[-1, 1].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keras import ops

from gan_pipelines.adversarial.parameters import AugmentationName
from gan_pipelines.training.backend import Key, Tensor, random_tensor

_LARGEST_SHIFT = 1 / 8  # fraction of the height or width
_CUT = 1 / 2  # fraction of the height or width


@dataclass(frozen=True)
class Augmentation:
    """Random augmentation, drawn independently for each image.

    Args:
        names: Transformations, applied in this order. If empty, samples of any shape are returned unchanged.
    """

    names: Sequence[AugmentationName] = ()

    def __call__(self, images: Tensor, key: Key) -> Tensor:
        """Augments images ``(batch, height, width, channels)``; equal keys give equal augmentations."""
        for name in self.names:
            images = _TRANSFORMATIONS[name](images, key.fold_in(name))
        return images


def _brightness(images: Tensor, key: Key) -> Tensor:
    """Adds one offset in [-0.5, 0.5] to all pixels of an image."""
    return images + 0.5 * _uniform(key, "shift", images)


def _saturation(images: Tensor, key: Key) -> Tensor:
    """Scales each pixel's difference from its channel mean by a factor in [0, 2]; grayscale images do not change."""
    return _scaled_around(ops.mean(images, axis=-1, keepdims=True), images, 1.0 + _uniform(key, "factor", images))


def _contrast(images: Tensor, key: Key) -> Tensor:
    """Scales each pixel's difference from the image's mean by a factor in [0.5, 1.5]."""
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return _scaled_around(mean, images, 1.0 + 0.5 * _uniform(key, "factor", images))


def _translation(images: Tensor, key: Key) -> Tensor:
    """Shifts each axis by up to 1/8 of its length; fills with 0, the middle of the pixel range.

    Implemented as a matrix product per axis, whose gradient is a matrix product too. The gradient of a gather would be
    a scatter-add, which is not deterministic on some devices.
    """
    _, height, width, _ = images.shape
    down = shift_matrices(draw_offsets(key, "down", images, round(height * _LARGEST_SHIFT)), height)
    right = shift_matrices(draw_offsets(key, "right", images, round(width * _LARGEST_SHIFT)), width)
    return ops.einsum("nij,njkc,nlk->nilc", down, images, right)


def _cutout(images: Tensor, key: Key) -> Tensor:
    """Sets a rectangle of half the height and width to 0; its centre is uniform over the image."""
    _, height, width, _ = images.shape
    rows = _cutout_mask(key, "rows", images, height)
    columns = _cutout_mask(key, "columns", images, width)
    return images * (1.0 - rows[:, :, None, None] * columns[:, None, :, None])


_TRANSFORMATIONS: dict[AugmentationName, Callable[[Tensor, Key], Tensor]] = {
    "brightness": _brightness,
    "saturation": _saturation,
    "contrast": _contrast,
    "translation": _translation,
    "cutout": _cutout,
}


def _uniform(key: Key, stream: str, images: Tensor) -> Tensor:
    """Draws a number in [-1, 1] for each image, ``(batch, 1, 1, 1)``."""
    return random_tensor(key, stream, (ops.shape(images)[0], 1, 1, 1), "uniform")


def _scaled_around(centre: Tensor, images: Tensor, factor: Tensor) -> Tensor:
    return centre + (images - centre) * factor


def draw_integers(key: Key, stream: str, images: Tensor, count: int) -> Tensor:
    """Draws an integer in [0, count) for each image, int32 ``(batch,)``."""
    fraction = (random_tensor(key, stream, (ops.shape(images)[0],), "uniform") + 1.0) / 2.0
    return ops.minimum(ops.cast(ops.floor(fraction * count), "int32"), count - 1)


def draw_offsets(key: Key, stream: str, images: Tensor, largest: int) -> Tensor:
    """Draws an integer in [-largest, largest] for each image, int32 ``(batch,)``."""
    return draw_integers(key, stream, images, 2 * largest + 1) - largest


def shift_matrices(offsets: Tensor, side: int, *, repeats_edge: bool = False) -> Tensor:
    """Returns matrices ``(batch, side, side)`` that copy line i - offset to line i.

    Lines from outside are 0, or repeat the line at the edge.
    """
    lines = ops.arange(side)[None, :] - offsets[:, None]
    return ops.one_hot(ops.clip(lines, 0, side - 1) if repeats_edge else lines, side, dtype="float32")


def _cutout_mask(key: Key, stream: str, images: Tensor, side: int) -> Tensor:
    """Returns 1 for lines inside the cutout and 0 elsewhere, ``(batch, side)``."""
    length = round(side * _CUT)
    first = draw_integers(key, stream, images, side) - length // 2
    line = ops.arange(side)[None, :] - first[:, None]
    return ops.cast(ops.logical_and(line >= 0, line < length), "float32")
