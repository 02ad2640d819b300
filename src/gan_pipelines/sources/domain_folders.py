"""Which files of a folder belong to which of two domains."""

import re
from pathlib import Path
from typing import NamedTuple

from gan_pipelines.errors import UserError
from gan_pipelines.sources.folder_listing import FolderListing, ListedFile

LAYOUTS = "two folders of any names, or in trainA, trainB, testA and testB, with other names than A and B if you like"
_PART = re.compile(r"(train|val|test)[_-]?(.+)", re.IGNORECASE)


class DomainFolder(NamedTuple):
    """Meaning of a folder.

    Args:
        part: ``train``, ``val`` or ``test``; empty if the folders have no such parts.
        domain: Name of the domain.
    """

    part: str
    domain: str


def domain_folders(listing: FolderListing, root: Path) -> dict[str, DomainFolder]:
    """Returns the meaning of each folder in ``root``.

    Raises:
        UserError: If there are image files beside the folders, a folder has none, there are not exactly two domains, or
            one of them lacks a part that the other has.
    """
    if beside := [file.name for file in listing.files if not file.folder]:
        raise UserError(
            f"images.path: {root} has image files in itself, such as {beside[0]}. Images of two domains are in "
            f"{LAYOUTS}. Move these files."
        )
    matches = {name: _PART.fullmatch(name) for name in listing.folders}
    has_parts = all(matches.values())
    folders = {
        name: DomainFolder(match[1].lower(), match[2]) if match and has_parts else DomainFolder("", name)
        for name, match in matches.items()
    }
    _check_folders(folders, {file.folder for file in listing.files}, root)
    return folders


def files_of(domain: str, folders: dict[str, DomainFolder], listing: FolderListing) -> list[ListedFile]:
    """Returns the image files of one domain, sorted by name."""
    return [file for file in listing.files if folders[file.folder].domain == domain]


def domain_names(folders: dict[str, DomainFolder]) -> tuple[str, ...]:
    """Returns the names of the domains in alphabetical order."""
    return tuple(sorted({folder.domain for folder in folders.values()}))


def _check_folders(folders: dict[str, DomainFolder], with_files: set[str], root: Path) -> None:
    domains = domain_names(folders)
    if len(domains) != 2:
        raise UserError(
            f"images.path: {root} has folders for {len(domains)} domains: {', '.join(folders)}. Images of two domains "
            f"are in {LAYOUTS}. Add or remove folders."
        )
    if empty := [name for name in folders if name not in with_files]:
        raise UserError(
            f"images.path: the folder {empty[0]} in {root} has no image files, but each domain needs some. Add JPEG, "
            "PNG, BMP, GIF or WebP files, or remove the folder and its counterpart."
        )
    for part in sorted({folder.part for folder in folders.values()}):
        found = [name for name, folder in folders.items() if folder.part == part]
        if len(found) != 2:
            raise UserError(
                f"images.path: {root} has the folder {found[0]} without one of the other domain. Add the other, or "
                f"remove {found[0]}."
            )
