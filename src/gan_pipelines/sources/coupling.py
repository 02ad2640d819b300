"""Images in two domains, as they are and as edges, of which none is ever seen in both.

After Liu and Tuzel, "Coupled Generative Adversarial Networks", 2016, section 4.1: digits and their edges, unpaired.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import random_generator


def edge_maps(pixels: NDArray[np.floating[Any]] | StoredPixels) -> NDArray[np.float32]:
    """Returns the morphological gradient: how far apart the brightest and the darkest of 3x3 neighbours are.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.

    Returns:
        Of the same shape, in [-1, 1], where -1 is no edge.

    Raises:
        UserError: The images are on the disk: their edges are no bytes, and would fill memory.
    """
    pixels = _in_memory(pixels)
    padded = np.pad(pixels, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    _, height, width, _ = pixels.shape
    shifted = [padded[:, top : top + height, left : left + width] for top in range(3) for left in range(3)]
    brightest, darkest = np.maximum.reduce(shifted), np.minimum.reduce(shifted)
    return np.asarray(brightest - darkest - 1.0, np.float32)


def coupled_images(images: ImageSet, seed: int) -> ImageSet:
    """Puts one half of the images, as they are, beside the edges of the other half.

    Which image stands beside which says nothing: that, and the halves, are drawn by the seed.

    Args:
        images: In [-1, 1], ``(images, height, width, channels)``; of an odd number one is left out.
        seed: Decides the halves.

    Returns:
        Pictures ``(images / 2, height, 2 * width, channels)`` without classes.

    Raises:
        UserError: There are fewer than two images, or they are on the disk.
    """
    half = len(images) // 2
    if not half:
        raise UserError(f"Two domains take at least 2 images, but images.source leaves {len(images)} to train on.")
    order = random_generator(seed, "domains").permutation(len(images))
    pixels = _in_memory(images.pixels)
    plain, edges = pixels[order[:half]], edge_maps(pixels[order[half : 2 * half]])
    return ImageSet(np.concatenate([plain, edges], axis=2))


def _in_memory(pixels: NDArray[np.floating[Any]] | StoredPixels) -> NDArray[np.floating[Any]]:
    if isinstance(pixels, StoredPixels):
        raise UserError(
            f"images.storage: {len(pixels):,} images are on the disk, but pairs of images and edges are made in "
            f"memory, where the images alone take {pixels.nbytes / 2**30:.1f} GiB. Set images.storage to 'memory' if "
            "there is room for several times as much; otherwise take fewer with images.limit, or smaller ones with "
            "images.size."
        )
    return pixels
