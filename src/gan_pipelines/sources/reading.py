"""Result of an image source: the images, and the problems found while reading them."""

from dataclasses import dataclass
from typing import NamedTuple

from gan_pipelines.sources.image_set import ImageSet


class FileProblem(NamedTuple):
    """File that is rejected or skipped.

    Args:
        file: Name relative to the user's folder.
        reason: Reason in words.
    """

    file: str
    reason: str


@dataclass(frozen=True)
class SourceReading:
    """Images and report of a source.

    Args:
        images: uint8 images in the configured size and colour.
        available: Number of images in the source; larger than ``len(images)`` if it already applied the limit.
        notes: Remarks for the report, one sentence each.
        rejected: Image files that cannot be used.
        skipped: Files that are not candidates for images, such as hidden files.
    """

    images: ImageSet
    available: int
    notes: tuple[str, ...] = ()
    rejected: tuple[FileProblem, ...] = ()
    skipped: tuple[FileProblem, ...] = ()
