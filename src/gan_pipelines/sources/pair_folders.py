"""Which files of a folder make a pair, in the layouts that pix2pix and CycleGAN made common."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gan_pipelines.errors import UserError
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile
from gan_pipelines.sources.parameters import ImagesParameters

PARTS = ("train", "val", "test")
LAYOUTS = (
    "the folder itself, or folders train, val and test, with pictures that show A and B side by side; or, with files "
    "of equal names, folders A and B; or trainA, trainB, testA and testB; or train/A, train/B, test/A and test/B; or "
    "A/train, A/test, B/train and B/test"
)
_FOLDER = re.compile(r"(train|val|test)?[_-]?(a|b)?", re.IGNORECASE)


@dataclass(frozen=True)
class PairFiles:
    """The files of one pair.

    Args:
        part: ``train``, ``val`` or ``test``; empty if the folder has no such parts.
        joined: The file that shows A and B side by side, or None.
        a: Files of this name with the picture A; exactly one in a complete pair of two files.
        b: As ``a``, with the picture B.
    """

    part: str
    joined: ListedFile | None = None
    a: list[ListedFile] = field(default_factory=list)
    b: list[ListedFile] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the pair's first file."""
        return (self.joined or [*self.a, *self.b][0]).name


class _Place(NamedTuple):
    """Where a file belongs: a part or none, the side ``a``, ``b`` or both, and what the two files of a pair share."""

    part: str
    side: str
    key: str


def pairs_of_listing(listing: FolderListing, root: Path, advice: str) -> list[PairFiles]:
    """Returns the pairs, complete or not, in an order that depends only on the files' names.

    Args:
        listing: The files.
        root: The folder, for messages.
        advice: What to do with files that are no pairs, a sentence.

    Raises:
        UserError: If the files are in none of the layouts, or in two.
    """
    places = [_place(file) for file in listing.files]
    layouts = {place and (bool(place.part), bool(place.side)) for place in places}
    if None in layouts or len(layouts) > 1:
        found = ", ".join(sorted({file.folder or "the folder itself" for file in listing.files}))
        raise UserError(
            f"images.path: {root} has image files in: {found}. Pairs are read from {LAYOUTS}. Move or rename the "
            f"files. {advice}"
        )
    pairs: dict[tuple[str, str], PairFiles] = {}
    for file, place in zip(listing.files, places, strict=True):
        assert place is not None  # noqa: S101  checked above
        if place.side:
            pair = pairs.setdefault((place.key, place.part), PairFiles(place.part))
            (pair.a if place.side == "a" else pair.b).append(file)
        else:
            pairs[file.name, place.part] = PairFiles(place.part, joined=file)
    return list(pairs.values())


def heldout_part(parts: set[str]) -> str | None:
    """Returns the part to hold out: ``test``, or else ``val``; None if no other part is left for training."""
    return next((part for part in ("test", "val") if part in parts and len(parts) > 1), None)


def notes_of_split(heldout: str | None, parameters: ImagesParameters) -> list[str]:
    """Returns a note if the user chose a fraction to hold out, but the folders give the split."""
    fraction = parameters.heldout_fraction
    if heldout is None or fraction == ImagesParameters.model_fields["heldout_fraction"].default:
        return []
    return [f"images.heldout_fraction, {fraction:g}, is unused: the images in {heldout} are held out."]


def in_part(part: str, heldout: str | None) -> str:
    """Returns the words for where files are: in the part to hold out, or in others; none if there are no parts."""
    if heldout is None:
        return ""
    return f" in {heldout}" if part == heldout else " for training"


def key_of(name: str, below: str = "") -> str:
    """Returns the name of a file relative to the folder ``below`` and without its suffix."""
    return PurePosixPath(name).relative_to(below).with_suffix("").as_posix()


def inner_folder(file: ListedFile) -> str:
    """Returns the name of the folder inside the direct sub-folder, or nothing for a file directly in the latter."""
    return next(iter(PurePosixPath(file.name).parts[1:-1]), "")


def _place(file: ListedFile) -> _Place | None:
    match = _FOLDER.fullmatch(file.folder)
    if not match:
        return None
    part, side = (match[1] or "").lower(), (match[2] or "").lower()
    inner = inner_folder(file)
    if side and not part and inner.lower() in PARTS:
        return _Place(inner.lower(), side, key_of(file.name, f"{file.folder}/{inner}"))
    if part and not side and inner.lower() in ("a", "b"):
        return _Place(part, inner.lower(), key_of(file.name, f"{file.folder}/{inner}"))
    return _Place(part, side, key_of(file.name, file.folder))
