"""Which files of a folder hold captions, in the layouts that data sets made common."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Literal

from gan_pipelines.errors import UserError
from gan_pipelines.sources.caption_files import Caption, columns_of, header_of, read_coco, read_table, read_text
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile, list_image_files, printable

LAYOUTS = (
    "a CSV file with the columns file_name,caption; metadata.csv with file_name,text; captions.txt with image,caption, "
    "as Flickr8k; a .txt file beside each picture; a folder text_c10, as CUB-200-2011 and Oxford-102; or "
    "captions*.json, as COCO"
)
TEXTS = "text_c10"
"""Name of the folder with a text file for each picture, in a folder for each class."""
_JSON = re.compile(r"captions.*\.json", re.IGNORECASE)

Layout = Literal["table", "json", "beside", "texts"]


@dataclass(frozen=True)
class CaptionFiles:
    """The files with the captions of a folder.

    Args:
        layout: ``table``, ``json`` as in COCO, ``beside`` for text files beside the pictures, or ``texts`` for text
            files in a folder of their own.
        files: In the order of their names; ``name`` is relative to the folder in which they were found.
    """

    layout: Layout
    files: tuple[ListedFile, ...]

    @property
    def name_pictures_without_suffix(self) -> bool:
        """Whether a caption's picture is named without its suffix."""
        return self.layout in ("beside", "texts")

    def captions(self) -> Iterator[Caption]:
        """Yields all captions.

        Raises:
            UserError: If a file is damaged, or has an empty caption or one that cannot be of a picture in the folder.
        """
        return chain.from_iterable(self._captions_in(file) for file in self.files)

    def _captions_in(self, file: ListedFile) -> Iterator[Caption]:
        if self.layout == "json":
            return read_coco(file.path)
        if self.layout == "table":
            return read_table(file.path, below=file.folder)
        return read_text(file.path, key_of_text(file))


def key_of_text(file: ListedFile) -> str:
    """Returns the path of a text file without its suffix, below ``text_c10`` if it is in such a folder."""
    parts = PurePosixPath(file.name).with_suffix("").parts
    return "/".join(parts[parts.index(TEXTS) + 1 :] if TEXTS in parts[:-1] else parts)


def caption_files(listing: FolderListing, root: Path, path: str | None) -> CaptionFiles:
    """Returns the files with captions: those in the pictures' folder, or those that the user names.

    Args:
        listing: The pictures' folder.
        root: Its path.
        path: ``images.captions.path``, a file or folder, or None.

    Raises:
        UserError: If there are none, or in two layouts; or the path does not exist or is of another kind.
    """
    if path is None:
        return _only_layout(_layouts(listing.others, _texts_beside(listing)), f"images.path: {root}")
    chosen = Path(path).expanduser()
    if chosen.is_file():
        return _chosen_file(chosen)
    if not chosen.is_dir():
        found = "neither a file nor a folder" if chosen.exists() else "nothing"
        raise UserError(f"images.captions.path: found {found} at {path}; expected {LAYOUTS}.")
    try:
        others = list_image_files(chosen).others
    except OSError as error:
        raise UserError(f"images.captions.path: the folder {path} cannot be listed: {error.strerror}.") from error
    layouts = _layouts(others, ())
    if not layouts and (texts := [file for file in others if _is_text(file)]):
        layouts = [CaptionFiles("texts", tuple(texts))]
    return _only_layout(layouts, f"images.captions.path: {path}")


def _chosen_file(path: Path) -> CaptionFiles:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".txt", ".json"):
        raise UserError(
            f"images.captions.path: {path} ends in {suffix or 'no suffix'!r}; expected a table in .csv or .txt, or "
            "COCO's .json. Rename it, or choose another file."
        )
    return CaptionFiles("json" if suffix == ".json" else "table", (ListedFile(path, printable(path.name), ""),))


def _layouts(others: Sequence[ListedFile], beside: Sequence[ListedFile]) -> list[CaptionFiles]:
    """Returns each set of caption files; two tables are two sets, unless each is ``metadata.csv`` of a folder."""
    tables = [file for file in others if _is_table(file)]
    of_folders = [file for file in tables if file.folder]
    texts = [file for file in others if _is_text(file) and TEXTS in PurePosixPath(file.name).parts[:-1]]
    jsons = [file for file in others if _JSON.fullmatch(PurePosixPath(file.name).name)]
    found = [
        *(CaptionFiles("table", (file,)) for file in tables if not file.folder),
        CaptionFiles("table", tuple(of_folders)),
        CaptionFiles("json", tuple(jsons)),
        CaptionFiles("texts", tuple(texts)),
        CaptionFiles("beside", tuple(beside)),
    ]
    return [captions for captions in found if captions.files]


def _only_layout(layouts: list[CaptionFiles], where: str) -> CaptionFiles:
    if not layouts:
        raise UserError(
            f"{where} has no captions. They are read from {LAYOUTS}. Add them, or set images.captions.path."
        )
    if len(layouts) > 1:
        names = " and ".join(captions.files[0].name for captions in layouts)
        raise UserError(
            f"{where} has captions in {len(layouts)} layouts: {names}. Keep one of them, or set images.captions.path "
            "to the file or folder to use."
        )
    return layouts[0]


def _is_text(file: ListedFile) -> bool:
    return file.path.suffix.lower() == ".txt"


def _is_table(file: ListedFile) -> bool:
    """Returns whether a file is a table of captions, by its place, its name and its header."""
    parts = PurePosixPath(file.name.lower()).parts
    if len(parts) > 1:
        is_candidate = len(parts) == 2 and parts[-1] == "metadata.csv"
    else:
        is_candidate = parts[-1] == "captions.txt" or parts[-1].endswith(".csv")
    if not is_candidate or parts[-1] in ("captions.csv", "captions.txt"):
        return is_candidate
    try:
        return columns_of(header_of(file.path)) is not None
    except UserError:
        return parts[-1] == "metadata.csv"  # its damage is told when it is read


def _texts_beside(listing: FolderListing) -> tuple[ListedFile, ...]:
    """Returns the text files in the pictures' folders, if at least one has the name of a picture."""
    pictures = {PurePosixPath(file.name).with_suffix("").as_posix() for file in listing.files}
    folders = {PurePosixPath(file.name).parent for file in listing.files}
    texts = [
        file
        for file in listing.others
        if _is_text(file) and PurePosixPath(file.name).parent in folders and not _is_table(file)
    ]
    return tuple(texts) if any(key_of_text(file) in pictures for file in texts) else ()
