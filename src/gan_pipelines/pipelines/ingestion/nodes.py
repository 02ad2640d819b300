"""Nodes that read images and divide them."""

import hashlib
from dataclasses import replace
from typing import Any

from gan_pipelines.pixels import normalise
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters


def read_images(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the images that ``<model>.images`` asks for.

    Returns:
        The images, uint8, and a report of what was read, rejected and skipped.

    Raises:
        UserError: The source cannot be read.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(ImagesParameters.model_validate(images))


def split_images(raw_images: ImageSet, images: dict[str, Any]) -> tuple[ImageSet, ImageSet, dict[str, Any]]:
    """Divides images into training and held-out ones without a common picture, and normalises their pixels.

    Returns:
        Training images and held-out images, float32 in [-1, 1], and a report of counts with the training images' hash.

    Raises:
        UserError: One side would be empty.
    """
    from gan_pipelines.sources import splitting

    parameters = ImagesParameters.model_validate(images)
    training, heldout, report = splitting.split_images(raw_images, parameters.heldout_fraction, parameters.seed)
    digest = hashlib.sha256(training.pixels.tobytes()).hexdigest()
    return _normalised(training), _normalised(heldout), {**report, "sha256": digest}


def _normalised(images: ImageSet) -> ImageSet:
    return replace(images, pixels=normalise(images.pixels))
