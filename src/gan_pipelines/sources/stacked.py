"""Three gray digits as the red, green and blue of one picture: 1,000 classes in which mode collapse can be counted."""

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
    """Stacks digits, ``limit`` pictures of them or 10,000; each channel's digit is drawn by itself.

    The bench of Metz, Poole, Pfau and Sohl-Dickstein, "Unrolled Generative Adversarial Networks" (2017). A picture of
    a red 4, a green 0 and a blue 7 is of class 407, named "407". The digits are divided first: held-out pictures stack
    held-out digits only, so no digit is on both sides. Picture k is a function of the seed, k and ``heldout_fraction``:
    a larger limit begins with the pictures of a smaller one.

    Raises:
        UserError: MNIST cannot be read, or all its digits are on one side.
    """
    # Only what is stacked is resized: all 70,000 digits of MNIST at 1,024 px would not fit into memory.
    of_digits = parameters.model_copy(update={"size": None, "colour": "gray", "limit": None})
    digits = READERS[parameters.digits_source](of_digits).images
    training, heldout, _ = split_images(digits, parameters.heldout_fraction, parameters.seed)
    is_heldout = _every_so_many(parameters.limit or DEFAULT_PICTURES, parameters.heldout_fraction)
    pixels = np.empty((len(is_heldout), CHANNELS, *digits.pixels.shape[1:3]), dtype=np.uint8)
    labels = np.empty(len(is_heldout), dtype=np.int64)
    for picture, side in enumerate(heldout if held else training for held in is_heldout):
        chosen = random_generator(parameters.seed, "stacked", picture).integers(len(side), size=CHANNELS)
        pixels[picture] = side.pixels[chosen][..., 0]
        labels[picture] = _class_of(side, chosen)
    return SourceReading(
        images=ImageSet(_as_channels(pixels, parameters.image_size), labels, CLASS_NAMES, is_heldout),
        available=len(training) ** CHANNELS + len(heldout) ** CHANNELS,
        notes=(f"Pictures to train on stack {len(training):,} digits, held-out ones {len(heldout):,} others.",),
    )


def _every_so_many(count: int, fraction: float) -> NDArray[np.bool_]:
    """Marks the given share of positions, evenly, so that a longer array begins like a shorter one."""
    return np.asarray(np.diff(np.floor(fraction * np.arange(count + 1))) > 0)


def _class_of(digits: ImageSet, chosen: NDArray[np.int64]) -> int:
    assert digits.labels is not None  # noqa: S101  every reader of digits gives labels
    return int(digits.labels[chosen] @ (100, 10, 1))


def _as_channels(digits: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Turns ``(pictures, 3, side, side)`` into ``(pictures, size, size, 3)``."""
    frames = to_frames(digits.reshape(-1, *digits.shape[2:]), size, "gray")
    return np.moveaxis(frames.reshape(len(digits), CHANNELS, size, size), 1, -1)
