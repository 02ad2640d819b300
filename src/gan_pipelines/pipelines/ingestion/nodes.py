"""Nodes that read and split images."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters


def read_images(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the images configured in ``<model>.images``.

    Returns:
        The images, uint8 in memory or memory-mapped, and a report of the images read, rejected and skipped.

    Raises:
        UserError: If the source cannot be read, or the disk is full.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(ImagesParameters.model_validate(images))


def split_images(
    raw_images: ImageSet, heldout_fraction: float, seed: int, needs_every_class: bool = False
) -> tuple[ImageSet, ImageSet, dict[str, Any]]:
    """Splits images into training and held-out images that share no duplicates, and normalises their pixels.

    Returns:
        Training and held-out images, float32 in [-1, 1] in memory or memory-mapped, and a report of the counts and the
        hashes of both.

    Raises:
        UserError: If one side would be empty or lack a class that it needs, or the disk is full.
    """
    from gan_pipelines.sources import splitting

    training, heldout, report = splitting.split_images(raw_images, heldout_fraction, seed, needs_every_class)
    return (
        _normalised(training),
        _normalised(heldout),
        {
            **report,
            "sha256": images_sha256(training),
            "heldout_sha256": images_sha256(heldout),
        },
    )


def _normalised(images: ImageSet) -> ImageSet:
    partners = None if images.partners is None else normalise(images.partners)
    if isinstance(images.pixels, StoredPixels):
        return replace(images, partners=partners)
    return replace(images, pixels=normalise(images.pixels), partners=partners)


def images_sha256(images: ImageSet) -> str:
    """Returns the hash of all pixels, partners and captions, equal for images in memory and memory-mapped ones."""
    pixels, digest = images.pixels, hashlib.sha256()
    if isinstance(pixels, StoredPixels):
        for chunk in pixels.chunks():
            digest.update(pixels.bytes_at(chunk).data)
    else:
        digest.update(pixels.tobytes())
    if images.partners is not None:
        digest.update(images.partners.tobytes())
    if images.captions is not None:
        digest.update(json.dumps(images.captions).encode())
    return digest.hexdigest()
