"""Images with their labels, as every source hands them over."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.pixel_storage import store_pixels


@dataclass(frozen=True)
class ImageSet:
    """Images of one size, with labels where the source knows them.

    Args:
        pixels: ``(images, height, width, channels)``; uint8 in [0, 255] as read, float32 in [-1, 1] once normalised;
            or the same on the disk, which is both.
        labels: Class numbers ``(images,)``, int64, from 0; None where the source has no classes.
        class_names: One name per class number; empty without labels.
        is_heldout: Which images the source itself keeps for testing ``(images,)``, bool; or None.
    """

    pixels: NDArray[Any] | StoredPixels
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    is_heldout: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: NDArray[np.integer]) -> "ImageSet":
        """Returns the images at these positions, in this order; those on the disk stay there, as a copy.

        Raises:
            UserError: The disk is full.
        """
        return ImageSet(
            pixels=_taken(self.pixels, indices),
            labels=None if self.labels is None else self.labels[indices],
            class_names=self.class_names,
            is_heldout=None if self.is_heldout is None else self.is_heldout[indices],
        )


def _taken(pixels: NDArray[Any] | StoredPixels, indices: NDArray[np.integer]) -> NDArray[Any] | StoredPixels:
    if isinstance(pixels, StoredPixels):
        parts = (pixels.bytes_at(indices[chunk]) for chunk in pixels.chunks(len(indices)))
        return store_pixels(parts, pixels.shape[1:])
    return np.asarray(pixels[indices])
