"""Two domains of images that are not paired."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.domain_folders import domain_names, domain_places, files_of
from gan_pipelines.sources.folder_listing import ListedFile
from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.fruit.picture import draw_ripening
from gan_pipelines.sources.fruit.scene import Scene, random_scene
from gan_pipelines.sources.image_folder import (
    CROPPED,
    Outcome,
    check_bad_fraction,
    check_groups,
    existing_folder,
    listing_of,
    notes_of,
    read_files,
)
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.pair_folders import heldout_part, in_part, notes_of_split
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.splitting import split_images
from gan_pipelines.sources.synthetic_fruit import COLLECTION_SEED, NOTE
from gan_pipelines.training.randomness import random_generator

DRAWN_PER_DOMAIN = 400
RIPENESS = {"ripe": (0.8, 1.0), "green": (0.0, 0.2)}
"""Range of the fruit's ripeness by domain."""
PAIR_DOMAINS = ("A", "B")


def read_domains(parameters: ImagesParameters) -> SourceReading:
    """Reads the images of two domains, labelled 0 and 1; without a path, draws ripe and green fruit.

    A folder has one of the layouts of ``domain_folders.LAYOUTS``; the domain that comes first in alphabetical order has
    the label 0. Images in folders for tests are held out. With a ``limit``, a seeded subset of half as many files is
    read of each domain, or of more if the other domain has fewer.

    Raises:
        UserError: If the folder does not exist or has another layout, a larger fraction of the files than
            ``max_bad_fraction`` is unusable, no image of a domain is left, be it for training or in its folder for
            tests, or the disk is full.
    """
    return _drawn_domains(parameters) if parameters.path is None else _domains_of_folder(parameters, parameters.path)


def _domains_of_folder(parameters: ImagesParameters, path: str) -> SourceReading:
    root = existing_folder(path)
    listing = listing_of(root)
    places = domain_places(listing, root)
    names = domain_names(places)
    shares = _shares([len(files_of(name, places)) for name in names], parameters.limit)
    files = [
        file
        for name, share in zip(names, shares, strict=True)
        for file in _subset(files_of(name, places), share, parameters.seed)
    ]
    outcome: Outcome[ListedFile] = Outcome()
    pixels = read_files(files, parameters, outcome)
    heldout = heldout_part({place.part for place in places.values()})
    groups = {
        file.name: f" of the domain {place.domain}{in_part(place.part, heldout)}" for file, place in places.items()
    }
    check_groups(groups, outcome, root)
    check_bad_fraction(outcome.rejected, f"{len(files)} image files in {root}", len(files), parameters.max_bad_fraction)
    read = [places[file] for file in outcome.accepted]
    images = ImageSet(
        pixels,
        labels=np.array([names.index(place.domain) for place in read], dtype=np.int64),
        class_names=names,
        is_heldout=None if heldout is None else np.array([place.part == heldout for place in read]),
    )
    return SourceReading(
        images=images,
        available=len(listing.files),
        notes=(CROPPED, *notes_of_split(heldout, parameters), *notes_of(outcome.remarks)),
        rejected=tuple(outcome.rejected),
        skipped=listing.skipped,
    )


def _subset(files: list[ListedFile], share: int | None, seed: int) -> list[ListedFile]:
    return [files[position] for position in seeded_subset(len(files), share, seed)]


def _shares(counts: list[int], limit: int | None) -> list[int | None]:
    """Returns how many images to use of each of two domains: half of the limit, or what the other cannot fill."""
    if limit is None:
        return [None, None]
    return [max(limit // 2, limit - other) for other in reversed(counts)]


def _drawn_domains(parameters: ImagesParameters) -> SourceReading:
    """Draws ripe and green fruit, 400 scenes each, which are always the same; no scene is in both domains.

    The partner of an image is its scene with the ripeness mirrored, for scores only.
    """
    share, _ = _shares([DRAWN_PER_DOMAIN] * len(RIPENESS), parameters.limit)
    positions = seeded_subset(DRAWN_PER_DOMAIN, share, parameters.seed).tolist()
    scenes = [drawn_scene(domain, position) for domain in RIPENESS for position in positions]
    drawn = [
        draw_ripening(scene, parameters.image_size, [scene.fruit.ripeness, 1 - scene.fruit.ripeness])
        for scene in scenes
    ]
    pixels, partners = np.stack(drawn, axis=1)
    if parameters.colour == "gray":
        pixels, partners = luminance(pixels), luminance(partners)
    labels = np.repeat(np.arange(2, dtype=np.int64), len(positions))
    images = ImageSet(pixels, labels, tuple(RIPENESS), partners=partners)
    return SourceReading(images=images, available=2 * DRAWN_PER_DOMAIN, notes=(NOTE,))


def drawn_scene(domain: str, position: int) -> Scene:
    """Returns the scene of one image of a domain in ``RIPENESS``."""
    generator = random_generator(COLLECTION_SEED, f"{domain} fruit", position)
    scene = random_scene(generator)
    return replace(scene, fruit=replace(scene.fruit, ripeness=generator.uniform(*RIPENESS[domain])))


def domains_of_pairs(pairs: ImageSet, heldout_fraction: float, seed: int) -> ImageSet:
    """Divides pairs into two domains, A and B, so that no training pair is in both.

    A random half of the training pairs gives only its A, the other half only its B. Held-out pairs give both; they are
    the ones that ``split_images`` holds out of the pairs.

    Args:
        pairs: B as pixels and A as partners, of equal shape.
        heldout_fraction: As for ``split_images``.
        seed: Determines the held-out pairs, if the source has no split, and the halves.

    Returns:
        Images with the labels 0 for A and 1 for B, the split, and the other image of each pair as partners.

    Raises:
        UserError: If there are fewer than two pairs for training or none held out.
    """
    training, heldout, _ = split_images(pairs, heldout_fraction, seed)
    if len(training) < len(PAIR_DOMAINS):
        raise UserError(
            f"images: two domains need at least 2 pairs for training, but the split leaves {len(training)}. Use more "
            "pairs, or raise images.limit."
        )
    order = random_generator(seed, "domains").permutation(len(training))
    half = len(training) // 2
    only_a, only_b = training.take(np.sort(order[:half])), training.take(np.sort(order[half:]))
    parts = [(only_a, 0), (heldout, 0), (only_b, 1), (heldout, 1)]
    lengths = [len(part) for part, _ in parts]
    return ImageSet(
        pixels=np.concatenate([_picture(part, domain) for part, domain in parts]),
        labels=np.repeat(np.array([domain for _, domain in parts], dtype=np.int64), lengths),
        class_names=PAIR_DOMAINS,
        is_heldout=np.repeat(np.array([part is heldout for part, _ in parts]), lengths),
        partners=np.concatenate([_picture(part, 1 - domain) for part, domain in parts]),
    )


def _picture(pairs: ImageSet, domain: int) -> NDArray[Any]:
    picture = pairs.pixels if domain else pairs.partners
    assert isinstance(picture, np.ndarray)  # noqa: S101  pairs are in memory
    return picture
