"""Pairs of images for a translator: the user's own, or label maps and pictures of fruit."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.folder_listing import ListedFile
from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.fruit.label_map import draw_label_map
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.image_decoding import (
    ENLARGED,
    RejectedImageError,
    UprightImage,
    read_upright,
    resized_square,
)
from gan_pipelines.sources.image_folder import (
    Item,
    Outcome,
    check_bad_fraction,
    check_groups,
    existing_folder,
    listing_of,
    notes_of,
    read_each,
)
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.pair_folders import PairFiles, heldout_part, in_part, notes_of_split, pairs_of_listing
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import AVAILABLE, NOTE, fruit_scene
from gan_pipelines.sources.translation_parameters import PairedImagesParameters

logger = logging.getLogger(__name__)


class DecodedPair(NamedTuple):
    """Two pictures that belong together.

    Args:
        a: ``(size, size, channels)``, uint8 in [0, 255].
        b: The same, of any size.
        remarks: Noteworthy events, such as an enlargement.
    """

    a: NDArray[np.uint8]
    b: NDArray[np.uint8]
    remarks: tuple[str, ...]


def read_pairs(parameters: ImagesParameters) -> SourceReading:
    """Reads pairs of images, B as pixels and A as partners; without a path, draws 400 label maps and pictures.

    A folder has one of the layouts of ``pair_folders.LAYOUTS``. Pictures in ``test`` are held out, or else those in
    ``val``. Nothing is cropped: a picture that is not square, or not exactly twice as wide as high if it shows a pair,
    is rejected. With a ``limit``, only a seeded subset of the pairs is read.

    Returns:
        Images and partners ``(pairs, size, size, channels)``.

    Raises:
        UserError: If the folder does not exist or has another layout, a larger fraction of the pairs than
            ``max_bad_fraction`` is unusable, or the pairs exceed ``memory_limit``.
    """
    return _drawn_pairs(parameters) if parameters.path is None else _pairs_of_folder(parameters, parameters.path)


def _drawn_pairs(parameters: ImagesParameters) -> SourceReading:
    """Draws 400 pairs, which are always the same: label maps as A, pictures of ``synthetic_fruit`` as B."""
    positions = seeded_subset(AVAILABLE, parameters.limit, parameters.seed)
    scenes = [fruit_scene(int(position)) for position in positions]
    pictures, labels = (
        np.stack([draw(scene, parameters.image_size) for scene in scenes]) for draw in (draw_picture, draw_label_map)
    )
    if parameters.colour == "gray":
        pictures, labels = luminance(pictures), luminance(labels)
    return SourceReading(images=ImageSet(pictures, partners=labels), available=AVAILABLE, notes=(NOTE,))


def _pairs_of_folder(parameters: ImagesParameters, path: str) -> SourceReading:
    root = existing_folder(path)
    listing = listing_of(root)
    advice = _advice_on_single_images(parameters)
    pairs = pairs_of_listing(listing, root, advice)
    chosen = [pairs[position] for position in seeded_subset(len(pairs), parameters.limit, parameters.seed)]
    outcome: Outcome[PairFiles] = Outcome()
    sizes = (parameters.image_size, parameters.image_size)
    a, b = read_pair_pixels(chosen, lambda files: _read_pair(files, parameters), sizes, parameters, outcome)
    heldout = heldout_part({files.part for files in pairs})
    if heldout is not None:
        check_groups({files.name: in_part(files.part, heldout) for files in pairs}, outcome, root)
    check_bad_fraction(
        outcome.rejected,
        f"{len(chosen)} pairs in {root}",
        len(chosen),
        parameters.max_bad_fraction,
        advice=advice if any(files.joined for files in chosen) else "",
    )
    is_heldout = None if heldout is None else np.array([files.part == heldout for files in outcome.accepted])
    return SourceReading(
        images=ImageSet(b, partners=a, is_heldout=is_heldout),
        available=len(pairs),
        notes=(*notes_of_split(heldout, parameters), *notes_of(outcome.remarks)),
        rejected=tuple(outcome.rejected),
        skipped=listing.skipped,
    )


def _advice_on_single_images(parameters: ImagesParameters) -> str:
    """Returns how to use images that are no pairs."""
    if isinstance(parameters, PairedImagesParameters):
        return "For single photos, set images.source=image_folder and images.pairs_by to edges, gray or hole."
    return "For single photos of two domains, set images.source=domains."


def read_pair_pixels(
    items: Sequence[Item],
    read: Callable[[Item], DecodedPair],
    sizes: tuple[int, int],
    parameters: ImagesParameters,
    outcome: Outcome[Item],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Reads pairs into memory; rejected ones are left out and recorded in ``outcome``.

    Args:
        items: The files of each pair.
        read: Reads one pair; raises `RejectedImageError` if it cannot be used.
        sizes: Width and height of the pictures A and B in pixels.
        parameters: Tell the number of channels and the limit of memory.
        outcome: Is filled.

    Returns:
        The pictures A and the pictures B, ``(accepted pairs, size, size, channels)``.

    Raises:
        UserError: If the pairs exceed ``memory_limit``.
    """
    channels = 1 if parameters.colour == "gray" else 3
    shapes = [(len(items), size, size, channels) for size in sizes]
    total = sum(int(np.prod(shape)) for shape in shapes)
    parameters.is_stored_on_disk(total)  # pairs never are: this refuses what exceeds the limit of memory
    logger.info("Reading %d pairs; pixels in memory: %.1f MB.", len(items), total / 1e6)
    a, b = (np.empty(shape, dtype=np.uint8) for shape in shapes)
    for position, pair in enumerate(read_each(items, read, outcome)):
        a[position], b[position] = pair.a, pair.b
    accepted = len(outcome.accepted)
    return a[:accepted], b[:accepted]


def _read_pair(files: PairFiles, parameters: ImagesParameters) -> DecodedPair:
    colour, size = parameters.colour or "rgb", parameters.image_size
    if files.joined is not None:
        a, b = _halves(read_upright(files.joined.path, colour))
    else:
        a, b = (read_upright(file.path, colour) for file in _both(files))
        _check_likeness(a, b, has_colour=parameters.colour is not None)
    remarks = dict.fromkeys([*a.remarks, *b.remarks, *([ENLARGED] if a.image.width < size else [])])
    resized_a, resized_b = (resized_square(upright.image, size, upright.is_gray) for upright in (a, b))
    return DecodedPair(resized_a, resized_b, tuple(remarks))


def _halves(both: UprightImage) -> tuple[UprightImage, UprightImage]:
    width, height = both.image.size
    if width != 2 * height:
        raise RejectedImageError(
            f"{width}x{height} pixels; two square pictures side by side are exactly twice as wide as high. Crop both "
            "to squares of one size, or put them in folders A and B"
        )
    left, right = (both.image.crop((start, 0, start + height, height)) for start in (0, height))
    return both._replace(image=left), both._replace(image=right)


def _both(files: PairFiles) -> tuple[ListedFile, ListedFile]:
    for side, found in (("A", files.a), ("B", files.b)):
        if not found:
            raise RejectedImageError(f"no file of this name shows {side}. Add it, or remove this file")
        if len(found) > 1:
            names = ", ".join(file.name for file in found)
            raise RejectedImageError(f"{len(found)} files of this name show {side}: {names}. Keep one of them")
    return files.a[0], files.b[0]


def _check_likeness(a: UprightImage, b: UprightImage, has_colour: bool) -> None:
    """Raises RejectedImageError unless both pictures are square, of one size and of one kind of colour."""
    (width, height), other = a.image.size, b.image.size
    if (width, height) != other:
        raise RejectedImageError(
            f"A has {width}x{height} pixels, B {other[0]}x{other[1]}. Crop or resize one so that both show the same "
            "area in one size"
        )
    if width != height:
        raise RejectedImageError(f"A and B have {width}x{height} pixels; pairs are square. Crop both alike")
    if a.is_gray != b.is_gray and not has_colour:
        gray, coloured = ("A", "B") if a.is_gray else ("B", "A")
        raise RejectedImageError(f"{gray} is gray, {coloured} has colours. Set images.colour to 'rgb' or 'gray'")
