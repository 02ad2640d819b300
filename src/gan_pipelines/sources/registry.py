"""Registry of image sources by name.

To add a source, write a function from `ImagesParameters` to `SourceReading`, add it to `SOURCES`, and add its name to
`source` of the parameters that allow it: `ImagesParameters`, or those of translators or of images with captions.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gan_pipelines.caption_words import words_of
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.caption_parameters import CaptionedImagesParameters
from gan_pipelines.sources.captioned_folder import read_captioned_folder
from gan_pipelines.sources.captioned_fruit import read_captioned_fruit
from gan_pipelines.sources.digits import read_digits
from gan_pipelines.sources.domains import domains_of_pairs, read_domains
from gan_pipelines.sources.image_folder import read_image_folder
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.mnist import read_fashion_mnist, read_mnist
from gan_pipelines.sources.pairs import read_pairs
from gan_pipelines.sources.pairs_by import with_made_partners
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.pixel_storage import store_pixels
from gan_pipelines.sources.reading import FileProblem, SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.stacked import read_stacked
from gan_pipelines.sources.super_resolution import read_super_resolution
from gan_pipelines.sources.synthetic_fruit import read_synthetic_fruit
from gan_pipelines.sources.translation_parameters import DomainImagesParameters, PairedImagesParameters

SOURCES: dict[str, Callable[[ImagesParameters], SourceReading]] = {
    "digits": read_digits,
    "mnist": read_mnist,
    "fashion_mnist": read_fashion_mnist,
    "image_folder": read_image_folder,
    "synthetic_fruit": read_synthetic_fruit,
    "stacked": read_stacked,
    "pairs": read_pairs,
    "domains": read_domains,
    "super_resolution": read_super_resolution,
    "captioned_fruit": read_captioned_fruit,
}

LISTED_FILES = 100
"""Maximum number of rejected and of skipped files named in a report; the counts include all."""


def read_images(parameters: ImagesParameters) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the images of the configured source.

    Returns:
        The images, ``(images, size, size, channels)``, uint8 or stored on disk, and a report of plain JSON values:
        ``source``, ``path`` as configured, ``images``, ``available``, ``size``, ``channels``, ``classes``
        (images per class name), ``heldout_by_source`` (a count, or None), ``rejected`` and ``skipped`` (``count`` and
        the first ``files`` with reasons) and ``notes``. Images with partners also have ``pairs``: ``count``, ``size``
        and ``channels`` of the partners, and, where the parameters have them, ``direction`` or ``pairs_by``. Images
        with captions also have ``captions``: ``count``, the numbers of different ``words`` and of words in the
        ``longest``, and ``heldout_attributes``, the combinations of attributes that are only in held-out images.

    Raises:
        UserError: If the source cannot be read with these parameters, or the disk is full.
    """
    reading = _reading(parameters)
    images = reading.images
    if parameters.limit is not None and parameters.limit < len(images):
        images = images.take(seeded_subset(len(images), parameters.limit, parameters.seed))
    images = _move_to_storage(_arranged(images, parameters), parameters)
    notes = list(reading.notes)
    if parameters.limit is not None and parameters.limit > reading.available:
        notes.append(f"images.limit is {parameters.limit}, but the source has only {reading.available} images.")
    report = {
        "source": parameters.source,
        "path": parameters.path,
        "images": len(images),
        "available": reading.available,
        "size": images.pixels.shape[1],
        "channels": images.pixels.shape[3],
        "classes": _class_counts(images),
        "heldout_by_source": None if images.is_heldout is None else int(images.is_heldout.sum()),
        "rejected": _listed(reading.rejected),
        "skipped": _listed(reading.skipped),
        "notes": notes,
    }
    return images, report | _pairs_report(images, parameters) | _captions_report(images)


def _reading(parameters: ImagesParameters) -> SourceReading:
    if isinstance(parameters, CaptionedImagesParameters) and parameters.source == "image_folder":
        return read_captioned_folder(parameters)
    return SOURCES[parameters.source](parameters)


def _arranged(images: ImageSet, parameters: ImagesParameters) -> ImageSet:
    """Returns pairs in the direction of a translation, or as domains, and single images with partners."""
    if isinstance(parameters, DomainImagesParameters) and parameters.source == "pairs":
        return domains_of_pairs(images, parameters.heldout_fraction, parameters.seed)
    if isinstance(parameters, PairedImagesParameters):
        if parameters.pairs_by is not None:
            return with_made_partners(images, parameters.pairs_by, parameters.seed)
        if parameters.direction == "b_to_a":
            return _exchanged(images)
    return images


def _exchanged(pairs: ImageSet) -> ImageSet:
    pixels, partners = pairs.pixels, pairs.partners
    assert isinstance(pixels, np.ndarray)  # noqa: S101  pairs are in memory
    assert partners is not None  # noqa: S101  read by `read_pairs`
    return replace(pairs, pixels=partners, partners=pixels)


def _pairs_report(images: ImageSet, parameters: ImagesParameters) -> dict[str, Any]:
    if images.partners is None:
        return {}
    _, size, _, channels = images.partners.shape
    pairs: dict[str, Any] = {"count": len(images.partners), "size": size, "channels": channels}
    if isinstance(parameters, PairedImagesParameters):
        made = parameters.pairs_by is not None
        pairs |= {"pairs_by": parameters.pairs_by} if made else {"direction": parameters.direction}
    return {"pairs": pairs}


def _captions_report(images: ImageSet) -> dict[str, Any]:
    if images.captions is None:
        return {}
    words = [words_of(caption) for captions in images.captions for caption in captions]
    report: dict[str, Any] = {
        "count": len(words),
        "words": len(set().union(*words)),
        "longest": max(map(len, words), default=0),
    }
    if images.attributes is not None and images.is_heldout is not None:
        sides = [
            {tuple(row) for row in images.attributes[side].tolist()} for side in (images.is_heldout, ~images.is_heldout)
        ]
        report["heldout_attributes"] = [
            {name: values[index] for (name, values), index in zip(images.attribute_names, row, strict=True)}
            for row in sorted(sides[0] - sides[1])
        ]
    return {"captions": report}


def _move_to_storage(images: ImageSet, parameters: ImagesParameters) -> ImageSet:
    pixels = images.pixels
    if isinstance(pixels, StoredPixels) or not parameters.is_stored_on_disk(pixels.nbytes):
        return images
    return replace(images, pixels=store_pixels([pixels], pixels.shape[1:]))


def _class_counts(images: ImageSet) -> dict[str, int]:
    if images.labels is None:
        return {}
    counts = np.bincount(images.labels, minlength=len(images.class_names))
    return {name: int(count) for name, count in zip(images.class_names, counts, strict=True)}


def _listed(problems: tuple[FileProblem, ...]) -> dict[str, Any]:
    return {"count": len(problems), "files": [problem._asdict() for problem in problems[:LISTED_FILES]]}
