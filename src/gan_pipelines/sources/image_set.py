"""Images with their labels, as every source hands them over."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ImageSet:
    """Images of one size, with labels where the source knows them.

    Args:
        pixels: ``(images, height, width, channels)``; uint8 in [0, 255] as read, float32 in [-1, 1] once normalised.
        labels: Class numbers ``(images,)``, int64, from 0; None where the source has no classes.
        class_names: One name per class number; empty without labels.
        is_heldout: Which images the source itself keeps for testing ``(images,)``, bool; or None.
    """

    pixels: NDArray[Any]
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    is_heldout: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: NDArray[np.integer]) -> "ImageSet":
        """Returns the images at these positions, in this order."""
        return ImageSet(
            pixels=self.pixels[indices],
            labels=None if self.labels is None else self.labels[indices],
            class_names=self.class_names,
            is_heldout=None if self.is_heldout is None else self.is_heldout[indices],
        )
