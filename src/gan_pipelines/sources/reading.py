"""What a source hands to the registry: the images, and how reading them went."""

from dataclasses import dataclass
from typing import NamedTuple

from gan_pipelines.sources.image_set import ImageSet


class FileProblem(NamedTuple):
    """A file that gave no image.

    Args:
        file: Its name relative to the user's folder.
        reason: Why, in words.
    """

    file: str
    reason: str


@dataclass(frozen=True)
class SourceReading:
    """Images as a source read them.

    Args:
        images: uint8 images, already of the wanted size and colour.
        available: How many images the source offers; more than ``len(images)`` where it reads no more than the limit.
        notes: What a reader of the results should know, one sentence each.
        rejected: Image files that could not be used.
        skipped: Files that were not taken for images in the first place, such as hidden files.
    """

    images: ImageSet
    available: int
    notes: tuple[str, ...] = ()
    rejected: tuple[FileProblem, ...] = ()
    skipped: tuple[FileProblem, ...] = ()
