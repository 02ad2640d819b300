"""Nodes that read images and divide them."""

import hashlib
from dataclasses import replace
from typing import Any

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters


def read_images(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the images that ``<model>.images`` asks for.

    Returns:
        The images, uint8 or on the disk, and a report of what was read, rejected and skipped.

    Raises:
        UserError: The source cannot be read, or the disk is full.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(ImagesParameters.model_validate(images))


def split_images(raw_images: ImageSet, heldout_fraction: float, seed: int) -> tuple[ImageSet, ImageSet, dict[str, Any]]:
    """Divides images into training and held-out ones without a common picture, and normalises their pixels.

    Returns:
        Training images and held-out images, float32 in [-1, 1] or on the disk, and a report of counts with the training
        images' hash.

    Raises:
        UserError: One side would be empty, or the disk is full.
    """
    from gan_pipelines.sources import splitting

    training, heldout, report = splitting.split_images(raw_images, heldout_fraction, seed)
    return _normalised(training), _normalised(heldout), {**report, "sha256": _sha256(training)}


def _normalised(images: ImageSet) -> ImageSet:
    if isinstance(images.pixels, StoredPixels):
        return images
    return replace(images, pixels=normalise(images.pixels))


def _sha256(images: ImageSet) -> str:
    """Returns the hash of the bytes of all pixels, which is the same for those on the disk."""
    pixels = images.pixels
    if not isinstance(pixels, StoredPixels):
        return hashlib.sha256(pixels.tobytes()).hexdigest()
    digest = hashlib.sha256()
    for chunk in pixels.chunks():
        digest.update(pixels.bytes_at(chunk).data)
    return digest.hexdigest()
