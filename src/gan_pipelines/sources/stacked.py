"""Stacked digits: three gray digits as RGB channels, 1,000 classes for measuring mode collapse."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.digits import read_digits
from gan_pipelines.sources.frames import to_frames
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.mnist import read_mnist
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.splitting import split_images
from gan_pipelines.training.randomness import random_generator

DEFAULT_PICTURES = 10_000
CHANNELS = 3
CLASS_NAMES = tuple(f"{number:03}" for number in range(1000))
READERS = {"digits": read_digits, "mnist": read_mnist}


def read_stacked(parameters: ImagesParameters) -> SourceReading:
    """Generates ``limit`` images (default: 10,000), each of three independently drawn digits as its channels.

    Metz, Poole, Pfau and Sohl-Dickstein, "Unrolled Generative Adversarial Networks" (2017). An image of a red 4, a
    green 0 and a blue 7 has class 407, named "407". The digits are split first: held-out images use only held-out
    digits, so no digit is in both sets. Image k depends only on the seed, k and ``heldout_fraction``: a larger limit
    begins with the images of a smaller one.

    Raises:
        UserError: If MNIST cannot be read, or all its digits are in one of the two sets.
    """
    # Only stacked images are resized: all 70,000 digits of MNIST at 1,024 px would not fit in memory.
    digit_parameters = parameters.model_copy(update={"size": None, "colour": "gray", "limit": None})
    digits = READERS[parameters.digits_source](digit_parameters).images
    training, heldout, _ = split_images(digits, parameters.heldout_fraction, parameters.seed)
    is_heldout = _evenly_spaced(parameters.limit or DEFAULT_PICTURES, parameters.heldout_fraction)
    pixels = np.empty((len(is_heldout), CHANNELS, *digits.pixels.shape[1:3]), dtype=np.uint8)
    labels = np.empty(len(is_heldout), dtype=np.int64)
    for picture, side in enumerate(heldout if held else training for held in is_heldout):
        chosen = random_generator(parameters.seed, "stacked", picture).integers(len(side), size=CHANNELS)
        pixels[picture] = side.pixels[chosen][..., 0]
        labels[picture] = _class_of(side, chosen)
    return SourceReading(
        images=ImageSet(_as_channels(pixels, parameters.image_size), labels, CLASS_NAMES, is_heldout),
        available=len(training) ** CHANNELS + len(heldout) ** CHANNELS,
        notes=(f"Training images use {len(training):,} digits, held-out images {len(heldout):,} other digits.",),
    )


def _evenly_spaced(count: int, fraction: float) -> NDArray[np.bool_]:
    """Returns a mask with evenly spaced True at the given fraction; a longer mask begins with a shorter one."""
    return np.asarray(np.diff(np.floor(fraction * np.arange(count + 1))) > 0)


def _class_of(digits: ImageSet, chosen: NDArray[np.int64]) -> int:
    assert digits.labels is not None  # noqa: S101  every reader of digits returns labels
    return int(digits.labels[chosen] @ (100, 10, 1))


def _as_channels(digits: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Converts ``(images, 3, side, side)`` to ``(images, size, size, 3)``."""
    frames = to_frames(digits.reshape(-1, *digits.shape[2:]), size, "gray")
    return np.moveaxis(frames.reshape(len(digits), CHANNELS, size, size), 1, -1)
