"""Image source for folders of photos; each unusable file is reported with the reason."""

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile, list_image_files, printable
from gan_pipelines.sources.image_decoding import DecodedImage, RejectedImageError, read_image
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.pixel_storage import store_pixels
from gan_pipelines.sources.reading import FileProblem, SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset

FILES_PER_LOG_LINE = 1_000
NAMED_IN_ERROR = 5
NAMED_IN_NOTE = 3
CROPPED = "Of images that are not square, the central square is used."
"""Note of the sources that crop."""

logger = logging.getLogger(__name__)


class Named(Protocol):
    """A file, or several that are read together."""

    @property
    def name(self) -> str:
        """Printable name relative to the user's folder."""


class Remarked(Protocol):
    """What is read from a file."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Noteworthy events, such as an enlargement."""


Item = TypeVar("Item", bound=Named)
Reading = TypeVar("Reading", bound=Remarked)


@dataclass(frozen=True)
class Outcome(Generic[Item]):
    """Accepted and rejected files, and remarks on accepted ones, collected during reading."""

    accepted: list[Item] = field(default_factory=list)
    rejected: list[FileProblem] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_image_folder(parameters: ImagesParameters) -> SourceReading:
    """Reads the images of a folder and all its sub-folders.

    The direct sub-folders are the classes, numbered in the order of their names, if every image is in one and at least
    two of them yield images; otherwise the images have no labels. With a ``limit``, only a seeded subset of the files
    is read; rejected files of the subset are not replaced. Pixels stored on disk are written file by file.

    Raises:
        UserError: If the folder does not exist, contains no image files, or a larger fraction of them than
            ``max_bad_fraction`` is unusable; or if the pixels are stored on disk and it is full.
    """
    root = existing_folder(parameters.path or "")  # validated: this source requires a path
    return read_listing(listing_of(root), root, parameters)[0]


def read_listing(
    listing: FolderListing, root: Path, parameters: ImagesParameters
) -> tuple[SourceReading, list[ListedFile]]:
    """Reads the listed images of a folder, as `read_image_folder` does.

    Returns:
        The reading, and the file of each image.

    Raises:
        UserError: If a larger fraction of the files than ``max_bad_fraction`` is unusable; or if the pixels are stored
            on disk and it is full.
    """
    positions = seeded_subset(len(listing.files), parameters.limit, parameters.seed)
    files = [listing.files[position] for position in positions]
    outcome: Outcome[ListedFile] = Outcome()
    pixels = read_files(files, parameters, outcome)
    check_bad_fraction(outcome.rejected, f"{len(files)} image files in {root}", len(files), parameters.max_bad_fraction)
    labels, class_names, notes = _labels(outcome.accepted, listing)
    reading = SourceReading(
        images=ImageSet(pixels=pixels, labels=labels, class_names=class_names),
        available=len(listing.files),
        notes=(*notes, *notes_of(outcome.remarks)),
        rejected=tuple(outcome.rejected),
        skipped=listing.skipped,
    )
    return reading, outcome.accepted


def existing_folder(path: str, key: str = "images.path") -> Path:
    """Returns the path of the user's folder.

    Raises:
        UserError: If it is no folder; ``key`` names the parameter.
    """
    root = Path(path).expanduser()
    if not root.is_dir():
        found = "a file" if root.exists() else "nothing"
        raise UserError(f"{key}: found {found} at {path}; expected a folder with JPEG or PNG files.")
    return root


def listing_of(root: Path, key: str = "images.path") -> FolderListing:
    """Lists the image files of a folder and logs what is skipped.

    Raises:
        UserError: If the folder cannot be listed or has no image files; ``key`` names the parameter.
    """
    listing = silent_listing_of(root, key)
    log_skipped(listing, root)
    return listing


def silent_listing_of(root: Path, key: str = "images.path") -> FolderListing:
    """Lists the image files of a folder.

    Raises:
        UserError: If the folder cannot be listed or has no image files; ``key`` names the parameter.
    """
    try:
        listing = list_image_files(root)
    except OSError as error:
        raise UserError(f"{key}: the folder {root} cannot be listed: {error.strerror}.") from error
    if not listing.files:
        raise UserError(
            f"{key}: no image files in {root} or below it. {_first_problems(listing.skipped) or 'It is empty.'} "
            "Add JPEG, PNG, BMP, GIF or WebP files."
        )
    return listing


def log_skipped(listing: FolderListing, root: Path) -> None:
    """Logs how many files of a folder are skipped, and the first ones."""
    if listing.skipped:
        logger.warning("Skipped %d files in %s. %s", len(listing.skipped), root, _first_problems(listing.skipped))


def read_files(
    files: list[ListedFile], parameters: ImagesParameters, outcome: Outcome[ListedFile]
) -> NDArray[np.uint8] | StoredPixels:
    """Reads image files into memory or onto the disk, as the parameters say; rejected ones are left out.

    Returns:
        ``(accepted files, size, size, channels)``, in [0, 255].

    Raises:
        UserError: If the pixels are stored on disk and it is full.
    """
    size, channels = parameters.image_size, 1 if parameters.colour == "gray" else 3
    megabytes = len(files) * size**2 * channels / 1e6
    images = (image.pixels for image in read_each(files, lambda file: _read_file(file, parameters), outcome))
    if parameters.is_stored_on_disk(len(files) * size**2 * channels):
        logger.info("Reading %d image files; pixels on disk: %.1f MB.", len(files), megabytes)
        return store_pixels(images, (size, size, channels))
    logger.info("Reading %d image files; pixels in memory: %.1f MB.", len(files), megabytes)
    pixels = np.empty((len(files), size, size, channels), dtype=np.uint8)
    for position, image in enumerate(images):
        pixels[position] = image
    return pixels[: len(outcome.accepted)]


def _read_file(file: ListedFile, parameters: ImagesParameters) -> DecodedImage:
    image = read_image(file.path, parameters.image_size, parameters.colour or "rgb", file.box)
    if parameters.needs_colour and (image.pixels == image.pixels[..., :1]).all():
        raise RejectedImageError("no colours, so there is nothing to learn for images.pairs_by, which is 'gray'")
    return image


def read_each(items: Sequence[Item], read: Callable[[Item], Reading], outcome: Outcome[Item]) -> Iterator[Reading]:
    """Yields what ``read`` returns, and records accepted and rejected items and remarks in ``outcome``.

    Args:
        items: Files, or groups of files that are read together.
        read: Raises `RejectedImageError` for an item that cannot be used.
        outcome: Is filled while the results are iterated over.
    """
    for number, item in enumerate(items, start=1):
        try:
            reading = read(item)
        except RejectedImageError as error:
            outcome.rejected.append(FileProblem(item.name, printable(str(error))))
        else:
            outcome.accepted.append(item)
            for remark in reading.remarks:
                outcome.remarks[remark].append(item.name)
            yield reading
        if number % FILES_PER_LOG_LINE == 0:
            logger.info("%d of %d image files read, %d rejected.", number, len(items), len(outcome.rejected))


def check_bad_fraction(rejected: list[FileProblem], tried: str, count: int, allowed: float, advice: str = "") -> None:
    """Logs rejected files, and refuses too many of them.

    Args:
        rejected: The files with the reasons.
        tried: What was read, for messages, such as "7 image files in photos".
        count: Number of files that were read.
        allowed: Maximum fraction of rejected ones.
        advice: Another way out, a sentence that ends the error.

    Raises:
        UserError: If more are rejected, or all.
    """
    if not rejected:
        return
    summary = f"{len(rejected)} of {tried} cannot be used. {_first_problems(tuple(rejected))}"
    if len(rejected) == count:
        raise UserError(f"images.path: {summary} No image is left: check images.path and the files. {advice}".rstrip())
    if len(rejected) / count > allowed:
        sufficient = math.ceil(1e4 * len(rejected) / count) / 1e4
        raise UserError(
            f"images.path: {summary} Remove or repair them, or set images.max_bad_fraction, now {allowed:g}, to "
            f"{sufficient:g} or more. {advice}".rstrip()
        )
    logger.warning("%s", summary)


def check_groups(groups: Mapping[str, str], outcome: Outcome[Item], root: Path) -> None:
    """Refuses a group of files of which none can be used.

    Args:
        groups: Group of each file in the folder by the file's name, such as "in test".
        outcome: What was read of them.
        root: The folder, for messages.

    Raises:
        UserError: If no file of a group was accepted; tells whether they were rejected or left out by ``limit``.
    """
    accepted = {groups[item.name] for item in outcome.accepted}
    for group, count in sorted(Counter(groups.values()).items()):
        if group in accepted:
            continue
        rejected = [problem for problem in outcome.rejected if groups[problem.file] == group]
        summary = f"images.path: no image{group} in {root} can be used:"
        if not rejected:
            raise UserError(f"{summary} images.limit leaves out all {count} files there. Raise images.limit.")
        raise UserError(
            f"{summary} {len(rejected)} of {count} files were read and rejected. {_first_problems(tuple(rejected))} "
            f"Replace or repair them{', or raise images.limit' if len(rejected) < count else ''}."
        )


def _first_problems(problems: tuple[FileProblem, ...]) -> str:
    lines = "; ".join(f"{problem.file}: {problem.reason}" for problem in problems[:NAMED_IN_ERROR])
    more = len(problems) - NAMED_IN_ERROR
    return lines and lines + (f"; and {more} more." if more > 0 else ".")


def _labels(
    accepted: list[ListedFile], listing: FolderListing
) -> tuple[NDArray[np.int64] | None, tuple[str, ...], list[str]]:
    names = sorted({file.folder for file in accepted})
    notes = []
    if unused := [name for name in listing.folders if name not in names]:
        notes.append(f"No image was read from {len(unused)} sub-folders: {first_names(unused)}.")
    if names == [""]:
        return None, (), notes
    if "" in names:
        notes.append("Images are both in the folder itself and in sub-folders; all are treated as unlabelled.")
        return None, (), notes
    if len(names) == 1:
        notes.append(f"All images are in one sub-folder, {names[0]}; they are treated as unlabelled.")
        return None, (), notes
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers[file.folder] for file in accepted], dtype=np.int64), tuple(names), notes


def notes_of(remarks: dict[str, list[str]]) -> list[str]:
    """Returns one sentence for each remark: how many images it is about, and the first names."""
    return [f"{len(remarks[remark])} images: {remark} ({first_names(remarks[remark])})." for remark in sorted(remarks)]


def first_names(names: list[str]) -> str:
    """Returns the first few names, for a message."""
    return ", ".join(names[:NAMED_IN_NOTE]) + (", …" if len(names) > NAMED_IN_NOTE else "")
