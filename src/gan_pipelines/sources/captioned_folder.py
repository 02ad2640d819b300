"""A folder of the user's pictures with captions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bird_boxes import NOTE, with_boxes
from gan_pipelines.sources.caption_files import Caption, lines_of
from gan_pipelines.sources.caption_layouts import TEXTS, CaptionFiles, caption_files
from gan_pipelines.sources.caption_parameters import CaptionedImagesParameters
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile, printable
from gan_pipelines.sources.image_folder import (
    NAMED_IN_ERROR,
    existing_folder,
    log_skipped,
    read_listing,
    silent_listing_of,
)
from gan_pipelines.sources.pair_folders import heldout_part
from gan_pipelines.sources.reading import SourceReading

_PART = re.compile(r"(train|val|test)\d*", re.IGNORECASE)


def read_captioned_folder(parameters: CaptionedImagesParameters) -> SourceReading:
    """Reads the pictures of a folder as `read_image_folder` does, each with its captions.

    The captions are in one of ``caption_layouts.LAYOUTS``. A path in them is that of a picture below the folder, or its
    end if no other picture's path has the same end. In folders train, val and test (or train2017, …), pictures in
    ``test`` are held out, or else those in ``val``. Texts in ``text_c10`` give the classes; those listed in
    ``testclasses.txt`` beside that folder are held out. Pictures of CUB-200-2011 are cropped around their birds.

    Raises:
        UserError: If the captions or the pictures cannot be read; a picture has no caption, or a caption no picture or
            several.
    """
    root = existing_folder(parameters.path or "")  # validated: this source requires a path
    listing = silent_listing_of(root)
    found = caption_files(listing, root, parameters.captions.path)
    captions = list(found.captions())
    wordings = _wordings(captions, listing.files, found, root)
    boxed = with_boxes(listing) if found.layout == "texts" else listing
    notes = () if boxed is listing else (NOTE,)
    listing, parts = _arranged(boxed, found, wordings)
    log_skipped(listing, root)
    reading, accepted = read_listing(listing, root, parameters)
    heldout = heldout_part(set(parts.values()))
    images = replace(
        reading.images,
        captions=tuple(tuple(caption.text for caption in wordings[file.name]) for file in accepted),
        is_heldout=None if heldout is None else np.array([parts[file.name] == heldout for file in accepted]),
    )
    return replace(reading, images=images, notes=(*notes, *reading.notes))


def _wordings(
    captions: Sequence[Caption], files: Sequence[ListedFile], found: CaptionFiles, root: Path
) -> dict[str, list[Caption]]:
    """Returns the captions of each picture by its name.

    Raises:
        UserError: If a picture has no caption, or a caption no picture or several.
    """
    index = _Pictures(files, found)
    wordings: dict[str, list[Caption]] = {file.name: [] for file in files}
    missing = []
    for caption in captions:
        names = index.named(caption.picture)
        if len(names) > 1:
            raise UserError(
                f"{caption.file}: {caption.where}: {caption.picture!r} may be {_first(names)} below {root}. Write the "
                "whole path, or rename or remove the others."
            )
        if names:
            wordings[names[0]].append(caption)
        else:
            missing.append(f"{caption.picture!r} ({caption.file}, {caption.where})")
    if missing:
        raise UserError(
            f"images.captions: {len(missing):,} of {len(captions):,} captions are without picture below {root}: "
            f"{_first(missing)}. Add the pictures, remove the captions, or set images.path to the pictures' folder and "
            "images.captions.path to their captions."
        )
    if without := [name for name, texts in wordings.items() if not texts]:
        raise UserError(
            f"images.captions: {len(without):,} of {len(files):,} pictures below {root} are without caption: "
            f"{_first(without)}. Add a caption for each, or move these pictures out of the folder."
        )
    return wordings


class _Pictures:
    """Pictures by the paths that a file of captions may use.

    Args:
        files: The pictures.
        found: Tells whether their names have suffixes.
    """

    def __init__(self, files: Sequence[ListedFile], found: CaptionFiles) -> None:
        self._layout = found.layout
        self._by_path: dict[str, list[str]] = defaultdict(list)
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for file in files:
            path = PurePosixPath(file.name)
            parts = (path.with_suffix("") if found.name_pictures_without_suffix else path).parts
            self._by_path["/".join(parts)].append(file.name)
            for start in range(1, len(parts)):
                self._by_end["/".join(parts[start:])].append(file.name)

    def named(self, picture: str) -> list[str]:
        """Returns the names of the pictures that may be meant."""
        if picture in self._by_path or self._layout == "beside":
            return self._by_path.get(picture, [])
        names = self._by_end.get(picture, [])
        if names or self._layout != "texts":
            return names
        last = PurePosixPath(picture).name  # Oxford-102 has classes among the texts only
        return self._by_path.get(last, []) + self._by_end.get(last, [])


def _arranged(
    listing: FolderListing, found: CaptionFiles, wordings: dict[str, list[Caption]]
) -> tuple[FolderListing, dict[str, str]]:
    """Returns the listing without the files of captions, with the classes as folders; and each picture's part."""
    used = {file.path for file in found.files}
    skipped = {file.name for file in listing.others if file.path in used}
    files, parts = listing.files, {}
    matches = {file.name: _PART.fullmatch(file.folder) for file in files}
    if found.layout == "texts" and (classes := _classes(found, wordings)):
        files = tuple(file._replace(folder=classes[file.name]) for file in files)
        heldout = _heldout_classes(found, set(classes.values()))
        parts = {name: "test" if folder in heldout else "train" for name, folder in classes.items()}
    elif all(matches.values()):
        parts = {name: match[1].lower() for name, match in matches.items() if match}
        files = tuple(file._replace(folder="") for file in files)
    without_captions = replace(
        listing,
        files=files,
        skipped=tuple(problem for problem in listing.skipped if problem.file not in skipped),
        folders=tuple(sorted({file.folder for file in files} - {""})),
    )
    return without_captions, parts


def _classes(found: CaptionFiles, wordings: dict[str, list[Caption]]) -> dict[str, str]:
    """Returns the class of each picture, the folder of its text in ``text_c10``; empty without such folders."""
    if not all(TEXTS in file.path.parts[:-1] for file in found.files):
        return {}
    folders = {name: PurePosixPath(captions[0].picture).parent.as_posix() for name, captions in wordings.items()}
    return {} if "." in folders.values() else folders


def _heldout_classes(found: CaptionFiles, classes: set[str]) -> set[str]:
    """Returns the classes in ``testclasses.txt`` (Reed et al., "Generative Adversarial Text to Image Synthesis", 2016).

    Raises:
        UserError: If the file cannot be read or lists none of the classes.
    """
    folder = next(parent for parent in found.files[0].path.parents if parent.name == TEXTS)
    path = folder.parent / "testclasses.txt"
    if path not in set(folder.parent.iterdir()):  # incremental runs notice a listing, but not a question for one file
        return set()
    heldout = classes & {printable(line.strip()) for line in lines_of(path)}
    if not heldout:
        raise UserError(
            f"{printable(str(path))}: none of its lines is a class, such as {min(classes)}. Write the held-out "
            "classes, one a line, or remove the file to hold out pictures of all classes."
        )
    return heldout


def _first(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - NAMED_IN_ERROR
    return "; ".join(listed[:NAMED_IN_ERROR]) + (f"; and {more:,} more" if more > 0 else "")
