"""The part of each picture that shows its bird, as two files of CUB-200-2011 tell it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NoReturn

from gan_pipelines.errors import UserError
from gan_pipelines.sources.caption_files import lines_of
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile, printable

MARGIN = 1.5
"""Side of the square that is used, as a multiple of the box's longer side (Zhang et al., "StackGAN", 2017)."""
BOXES, NAMES = "bounding_boxes.txt", "images.txt"
NOTE = f"Each picture is cropped to a square of {MARGIN:g} times the longer side of its box in {BOXES}."


def with_boxes(listing: FolderListing) -> FolderListing:
    """Returns the listing with the square around each picture's bird as its box.

    Lines of ``images.txt`` are ``<number> <path below images>``, those of ``bounding_boxes.txt`` beside it ``<number>
    <x> <y> <width> <height>`` in pixels. Without these files, the listing is returned unchanged.

    Raises:
        UserError: If a file cannot be read or has another line, or a picture has no box.
    """
    others = {PurePosixPath(file.name): file for file in listing.others}
    folder = next((path.parent for path in others if path.name == BOXES and path.parent / NAMES in others), None)
    if folder is None:
        return listing
    boxes_file = others[folder / BOXES]
    squares = {number: _square(fields, boxes_file, line) for line, number, fields in _lines(boxes_file, 4)}
    named = {
        (folder / "images" / printable(name)).as_posix(): squares.get(number)
        for _, number, (name,) in _lines(others[folder / NAMES], 1)
    }
    if without := [file.name for file in listing.files if named.get(file.name) is None]:
        raise UserError(
            f"{printable(str(boxes_file.path))}: no box for {len(without):,} of {len(listing.files):,} pictures, such "
            f"as {without[0]}. Add it here and to {NAMES}, move the picture away, or remove this file to use central "
            "squares."
        )
    return replace(listing, files=tuple(file._replace(box=named[file.name]) for file in listing.files))


def _lines(file: ListedFile, count: int) -> Iterator[tuple[int, str, list[str]]]:
    """Yields line number, picture number and further fields of each line; the last field may contain spaces."""
    for line, text in enumerate(lines_of(file.path), start=1):
        fields = text.split(maxsplit=count)
        if fields:
            if len(fields) != count + 1:
                _refuse(file, line, f"{len(fields)} fields instead of {count + 1}")
            yield line, fields[0], fields[1:]


def _square(fields: list[str], file: ListedFile, line: int) -> tuple[float, float, float, float]:
    """Returns left, top, right and bottom of the square around a box given by x, y, width and height."""
    try:
        x, y, width, height = map(float, fields)
    except ValueError:
        _refuse(file, line, "no numbers")
    if not (0 < width < 1e6 and 0 < height < 1e6 and abs(x) < 1e6 and abs(y) < 1e6):
        _refuse(file, line, "a box without area or out of every picture")
    across, up, half = x + width / 2, y + height / 2, MARGIN / 2 * max(width, height)
    return across - half, up - half, across + half, up + half


def _refuse(file: ListedFile, line: int, found: str) -> NoReturn:
    raise UserError(
        f"{printable(str(file.path))}: line {line:,} has {found}. Lines are a picture's number with its path in "
        f"{NAMES}, and with x, y, width and height in {BOXES}. Replace the file with an intact copy."
    )
