"""Which files of a folder are image files, in an order that depends on their names alone."""

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.sources.reading import FileProblem

SUFFIXES = (".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".webp")
UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


class ListedFile(NamedTuple):
    """A file to be read.

    Args:
        path: Where to open it.
        name: Its printable name relative to the root, with ``/`` between folders.
        folder: The printable name of the sub-folder of the root that it lies in, however deep; empty in the root.
    """

    path: Path
    name: str
    folder: str


@dataclass(frozen=True)
class FolderListing:
    """What lies in a folder and below it.

    Args:
        files: Regular files named as images, sorted by name.
        skipped: All else, with the reason, sorted by name.
        folders: Printable names of the root's own sub-folders, sorted.
    """

    files: tuple[ListedFile, ...]
    skipped: tuple[FileProblem, ...]
    folders: tuple[str, ...]


def list_image_files(root: Path) -> FolderListing:
    """Lists the image files below a folder without opening any.

    Names are compared in Unicode's composed form (NFC), by code point: neither the machine's locale nor the order of
    the directory shows. Links to files inside the folder are followed; other links, hidden files, pipes and files not
    named as images are skipped.

    Raises:
        OSError: The folder itself cannot be listed.
    """
    files: list[ListedFile] = []
    skipped: list[FileProblem] = []
    folders: set[str] = set()
    waiting = list(os.scandir(root))
    resolved_root = root.resolve()
    while waiting:
        entry = waiting.pop()
        relative = Path(entry.path).relative_to(root)
        name = printable(relative.as_posix())
        folder = printable(relative.parts[0]) if len(relative.parts) > 1 else ""
        if reason := _reason_to_skip(entry, resolved_root):
            skipped.append(FileProblem(name, reason))
        elif not entry.is_dir(follow_symlinks=False):
            files.append(ListedFile(Path(entry.path), name, folder))
        else:
            folders.add(printable(relative.parts[0]))
            try:
                waiting.extend(os.scandir(entry.path))
            except OSError as error:
                skipped.append(FileProblem(name, f"folder cannot be listed: {error.strerror}"))
    # Two spellings of one name may lie side by side; the bytes of their paths then decide.
    files.sort(key=lambda file: (file.name, os.fsencode(file.path)))
    return FolderListing(tuple(files), tuple(sorted(skipped)), tuple(sorted(folders)))


def printable(name: str) -> str:
    """Returns a file name in Unicode's composed form, with control characters and undecodable bytes escaped."""
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in UNPRINTABLE else character
        for character in unicodedata.normalize("NFC", name)
    )


def _reason_to_skip(entry: os.DirEntry[str], root: Path) -> str | None:
    """Returns why an entry is neither a folder to enter nor a file to read, or None. Opens nothing."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink() and (reason := _reason_against_link(Path(entry.path), root)):
        return reason
    if entry.is_dir(follow_symlinks=False):
        return None
    # Opening a pipe would wait for ever.
    if not stat.S_ISREG(entry.stat().st_mode):
        return "not a regular file"
    if Path(entry.name).suffix.lower() not in SUFFIXES:
        return f"not named as an image ({' '.join(SUFFIXES)})"
    return None


def _reason_against_link(link: Path, root: Path) -> str | None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "broken link or loop of links"
    if target.is_dir():
        return "link to a folder"
    if not target.is_relative_to(root):
        return "link to a file outside the folder"
    return None
