"""Unpaired images of two domains, original and edge map; no image is in both.

Liu and Tuzel, "Coupled Generative Adversarial Networks", 2016, section 4.1: digits and edge maps of digits.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import random_generator


def edge_maps(pixels: NDArray[np.floating[Any]] | StoredPixels) -> NDArray[np.float32]:
    """Returns the morphological gradient: maximum minus minimum over 3x3 neighbourhoods.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.

    Returns:
        Edge maps of the same shape, in [-1, 1]; -1 means no edge.

    Raises:
        UserError: If the images are stored on disk; edge maps are float32 and computed in memory.
    """
    pixels = _in_memory(pixels)
    padded = np.pad(pixels, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    _, height, width, _ = pixels.shape
    shifted = [padded[:, top : top + height, left : left + width] for top in range(3) for left in range(3)]
    brightest, darkest = np.maximum.reduce(shifted), np.minimum.reduce(shifted)
    return np.asarray(brightest - darkest - 1.0, np.float32)


def coupled_images(images: ImageSet, seed: int) -> ImageSet:
    """Concatenates one half of the images with the edge maps of the other half, along the width.

    Halves and pairing are random, so the two images of a pair are unrelated.

    Args:
        images: In [-1, 1], ``(images, height, width, channels)``; one image of an odd number is dropped.
        seed: Determines the halves and the pairing.

    Returns:
        Images ``(images / 2, height, 2 * width, channels)`` without labels.

    Raises:
        UserError: If there are fewer than two images, or they are stored on disk.
    """
    half = len(images) // 2
    if not half:
        raise UserError(
            f"images: two domains need at least 2 images, but images.source leaves {len(images)} for training. Use "
            "more images, or raise images.limit."
        )
    order = random_generator(seed, "domains").permutation(len(images))
    pixels = _in_memory(images.pixels)
    plain, edges = pixels[order[:half]], edge_maps(pixels[order[half : 2 * half]])
    return ImageSet(np.concatenate([plain, edges], axis=2))


def _in_memory(pixels: NDArray[np.floating[Any]] | StoredPixels) -> NDArray[np.floating[Any]]:
    if isinstance(pixels, StoredPixels):
        raise UserError(
            f"images.storage: {len(pixels):,} images are on the disk, but pairs of images and edge maps are computed "
            f"in memory; the images alone take {pixels.nbytes / 2**30:.1f} GiB. Set images.storage to 'memory' if "
            "several times as much memory is available; otherwise reduce images.limit or images.size."
        )
    return pixels
