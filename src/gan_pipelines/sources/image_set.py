"""Images with optional labels, partners and captions, as returned by every source."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.pixel_storage import store_pixels


@dataclass(frozen=True)
class ImageSet:
    """Images of one size, with labels if the source has classes.

    Args:
        pixels: ``(images, height, width, channels)``; uint8 in [0, 255] as read, float32 in [-1, 1] after
            normalisation. ``StoredPixels`` are stored on disk as uint8 and read as float32.
        labels: Class indices ``(images,)``, int64, from 0; None if the source has no classes.
        class_names: One name per class index; empty without labels.
        is_heldout: Whether an image belongs to the test set of the source ``(images,)``, bool; None if the source
            has no test set.
        partners: The other image of each pair, in the same order, ``(images, height, width, channels)`` of any size
            and number of channels; dtype and range as ``pixels``. For a translation, ``pixels`` are its targets and
            ``partners`` its sources. None if the images are not paired.
        captions: The wordings of each image's caption, one or more, in the same order; None without captions.
        attributes: What a drawn image shows, ``(images, attributes)``, int64: indices of the values in
            ``attribute_names``. None for the user's images.
        attribute_names: Name and values of each attribute; empty without attributes.
    """

    pixels: NDArray[Any] | StoredPixels
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    is_heldout: NDArray[np.bool_] | None = None
    partners: NDArray[Any] | None = None
    captions: tuple[tuple[str, ...], ...] | None = None
    attributes: NDArray[np.int64] | None = None
    attribute_names: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: NDArray[np.integer]) -> "ImageSet":
        """Returns the images at the given indices, in this order; images stored on disk are copied on disk.

        Raises:
            UserError: If the disk is full.
        """
        return ImageSet(
            pixels=_taken(self.pixels, indices),
            labels=None if self.labels is None else self.labels[indices],
            class_names=self.class_names,
            is_heldout=None if self.is_heldout is None else self.is_heldout[indices],
            partners=None if self.partners is None else self.partners[indices],
            captions=None if self.captions is None else tuple(self.captions[index] for index in indices),
            attributes=None if self.attributes is None else self.attributes[indices],
            attribute_names=self.attribute_names,
        )


def _taken(pixels: NDArray[Any] | StoredPixels, indices: NDArray[np.integer]) -> NDArray[Any] | StoredPixels:
    if isinstance(pixels, StoredPixels):
        parts = (pixels.bytes_at(indices[chunk]) for chunk in pixels.chunks(len(indices)))
        return store_pixels(parts, pixels.shape[1:])
    return np.asarray(pixels[indices])
