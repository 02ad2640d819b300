"""Image files of a folder, in an order that depends only on their names."""

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.sources.reading import FileProblem

SUFFIXES = (".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".webp")
NO_IMAGE_SUFFIX = f"no image suffix ({' '.join(SUFFIXES)})"
UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


class ListedFile(NamedTuple):
    """Image file to read.

    Args:
        path: Path to open.
        name: Printable path relative to the root, with ``/`` as separator.
        folder: Printable name of the direct sub-folder of the root that contains the file at any depth; empty for files
            in the root itself.
        box: Left, top, right and bottom of the part of the upright picture to use, in pixels; None for all of it.
    """

    path: Path
    name: str
    folder: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class FolderListing:
    """Contents of a folder and all its sub-folders.

    Args:
        files: Regular files with an image suffix, sorted by name.
        skipped: All other entries with the reason, sorted by name.
        folders: Printable names of the direct sub-folders of the root, sorted.
        others: Regular files without an image suffix, which are ``skipped`` too, sorted by name.
    """

    files: tuple[ListedFile, ...]
    skipped: tuple[FileProblem, ...]
    folders: tuple[str, ...]
    others: tuple[ListedFile, ...]


def list_image_files(root: Path) -> FolderListing:
    """Lists the image files below a folder without opening any.

    Names are compared by code point in Unicode's composed form (NFC), so the order depends neither on the locale nor on
    the file system. Links to files inside the folder are followed; other links, hidden files, pipes and files without
    an image suffix are skipped.

    Raises:
        OSError: If the folder itself cannot be listed.
    """
    files: list[ListedFile] = []
    others: list[ListedFile] = []
    skipped: list[FileProblem] = []
    folders: set[str] = set()
    pending = list(os.scandir(root))
    resolved_root = root.resolve()
    while pending:
        entry = pending.pop()
        relative = Path(entry.path).relative_to(root)
        name = printable(relative.as_posix())
        folder = printable(relative.parts[0]) if len(relative.parts) > 1 else ""
        if reason := _reason_to_skip(entry, resolved_root):
            skipped.append(FileProblem(name, reason))
            if reason == NO_IMAGE_SUFFIX:
                others.append(ListedFile(Path(entry.path), name, folder))
        elif not entry.is_dir(follow_symlinks=False):
            files.append(ListedFile(Path(entry.path), name, folder))
        else:
            folders.add(printable(relative.parts[0]))
            try:
                pending.extend(os.scandir(entry.path))
            except OSError as error:
                skipped.append(FileProblem(name, f"folder cannot be listed: {error.strerror}"))
    # Names that differ only in their Unicode form are ordered by the bytes of their paths.
    for found in (files, others):
        found.sort(key=lambda file: (file.name, os.fsencode(file.path)))
    return FolderListing(tuple(files), tuple(sorted(skipped)), tuple(sorted(folders)), tuple(others))


def printable(name: str) -> str:
    """Returns a file name in Unicode's composed form (NFC), with control characters and undecodable bytes escaped."""
    if name.isascii() and name.isprintable():
        return name  # a folder may have many names
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in UNPRINTABLE else character
        for character in unicodedata.normalize("NFC", name)
    )


def _reason_to_skip(entry: os.DirEntry[str], root: Path) -> str | None:
    """Returns the reason to skip an entry, or None for a folder to enter or a file to read; opens nothing."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink() and (reason := _reason_to_skip_link(Path(entry.path), root)):
        return reason
    if entry.is_dir(follow_symlinks=False):
        return None
    # Opening a pipe would block forever.
    if not stat.S_ISREG(entry.stat().st_mode):
        return "not a regular file"
    if Path(entry.name).suffix.lower() not in SUFFIXES:
        return NO_IMAGE_SUFFIX
    return None


def _reason_to_skip_link(link: Path, root: Path) -> str | None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "broken or cyclic link"
    if target.is_dir():
        return "link to a folder"
    if not target.is_relative_to(root):
        return "link to a file outside the folder"
    return None
