"""Which files of a folder belong to which of two domains."""

import re
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gan_pipelines.errors import UserError
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile
from gan_pipelines.sources.pair_folders import PARTS, inner_folder

LAYOUTS = (
    "two folders A and B; or trainA, trainB, testA and testB; or train/A, train/B, test/A and test/B; or A/train, "
    "A/test, B/train and B/test, with other names than A and B if you like"
)
_PART_AND_DOMAIN = re.compile(r"(train|val|test)[_-]?(.+)", re.IGNORECASE)


class DomainPlace(NamedTuple):
    """Where a file belongs.

    Args:
        part: ``train``, ``val`` or ``test``; empty if the folders have no such parts.
        domain: Name of the domain; empty for a file directly in the folder of a part.
    """

    part: str
    domain: str


def domain_places(listing: FolderListing, root: Path) -> dict[ListedFile, DomainPlace]:
    """Returns where each image file in ``root`` belongs, sorted by name.

    Raises:
        UserError: If there are image files beside the folders, a folder has none, the folders have none or several of
            the layouts, there are not exactly two domains, or one of them lacks a part that the other has.
    """
    if beside := [file.name for file in listing.files if not file.folder]:
        raise UserError(
            f"images.path: {root} has image files in itself, such as {beside[0]}. Images of two domains are in "
            f"{LAYOUTS}. Move these files."
        )
    if empty := [name for name in listing.folders if name not in {file.folder for file in listing.files}]:
        raise UserError(
            f"images.path: the folder {empty[0]} in {root} has no image files, but each domain needs some. Add JPEG, "
            "PNG, BMP, GIF or WebP files, or remove the folder and its counterpart."
        )
    places = _places(listing)
    _check_layout(places, root)
    _check_parts(places, root)
    return places


def files_of(domain: str, places: dict[ListedFile, DomainPlace]) -> list[ListedFile]:
    """Returns the image files of one domain, sorted by name."""
    return [file for file, place in places.items() if place.domain == domain]


def domain_names(places: dict[ListedFile, DomainPlace]) -> tuple[str, ...]:
    """Returns the names of the domains in alphabetical order."""
    return tuple(sorted({place.domain for place in places.values()}))


def _places(listing: FolderListing) -> dict[ListedFile, DomainPlace]:
    matches = {name: _PART_AND_DOMAIN.fullmatch(name) for name in listing.folders}
    joined = {name: DomainPlace(match[1].lower(), match[2]) for name, match in matches.items() if match}
    if len(joined) == len(matches):
        return {file: joined[file.folder] for file in listing.files}
    return {file: _nested_place(file) for file in listing.files}


def _nested_place(file: ListedFile) -> DomainPlace:
    if _is_part(file.folder):
        return DomainPlace(file.folder.lower(), inner_folder(file))
    if _is_part(inner_folder(file)):
        return DomainPlace(inner_folder(file).lower(), file.folder)
    return DomainPlace("", file.folder)


def _is_part(folder: str) -> bool:
    return folder.lower() in PARTS


def _check_layout(places: dict[ListedFile, DomainPlace], root: Path) -> None:
    if direct := sorted({file.folder for file, place in places.items() if not place.domain}):
        raise UserError(
            f"images.path: {root} has image files directly in {', '.join(direct)}, so their domains are unknown. "
            f"Images of two domains are in {LAYOUTS}. Move the files; or, if each shows A and B side by side, set "
            "images.source=pairs."
        )
    if len({(bool(place.part), _is_part(file.folder)) for file, place in places.items()}) > 1:
        found = sorted({PurePosixPath(file.folder, inner_folder(file)).as_posix() for file in places})
        raise UserError(
            f"images.path: {root} has image files in: {', '.join(found)}; some are in train, val or test, others "
            f"beside these. Images of two domains are in {LAYOUTS}. Move or rename the folders."
        )
    domains = domain_names(places)
    if len(domains) != len("AB"):
        raise UserError(
            f"images.path: {root} has folders for {len(domains)} domains: {', '.join(domains)}. Images of two domains "
            f"are in {LAYOUTS}. Add or remove folders."
        )


def _check_parts(places: dict[ListedFile, DomainPlace], root: Path) -> None:
    counts = Counter(places.values())
    for part, domain in sorted(counts):
        other = next(name for name in domain_names(places) if name != domain)
        if not counts[DomainPlace(part, other)]:
            raise UserError(
                f"images.path: the domain {other} in {root} has no image files for {part}, but the domain {domain} has "
                f"{counts[DomainPlace(part, domain)]}. Add some, or remove those of {domain}."
            )
