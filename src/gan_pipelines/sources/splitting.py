"""Split into training and held-out images without duplicates."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import random_generator


def split_images(
    images: ImageSet, heldout_fraction: float, seed: int, needs_every_class: bool = False
) -> tuple[ImageSet, ImageSet, dict[str, Any]]:
    """Splits images into training and held-out images, without duplicates within or across the two sets.

    Of images that are equal in every pixel only the first is kept, or the first held-out one if they are on both sides
    of the split of the source. If the source defines a split, it is used. Otherwise a random fraction of each class is
    held out, so that every class with at least two images is in both sets; a class with one image is used for training.

    Pairs are equal only if both pictures are, because a picture may have several partners. But no picture is in both
    sets: training pairs that share a picture with a held-out pair are dropped.

    Args:
        images: Images with or without labels; images stored on disk are copied on disk.
        heldout_fraction: Fraction of each class to hold out, in (0, 1).
        seed: Seed of the selection.
        needs_every_class: Whether every class must be in both sets, as the domains of a translator must.

    Returns:
        Training images, held-out images (both in their original order), and a report of plain JSON values: ``train``,
        ``heldout``, ``split_by`` (``source`` or ``seed``), ``is_stratified``, and ``duplicates_removed`` within
        ``train``, within ``heldout``, and ``across`` the two (dropped from training); if the source defines no split,
        equal images count as ``train``, and only pairs that share one picture as ``across``.

    Raises:
        UserError: If the training or held-out set would be empty or lack a class that it needs, or the disk is full.
    """
    kept, duplicates = _without_duplicates(images)
    if images.is_heldout is None:
        is_heldout = np.zeros(len(images), dtype=np.bool_)
        is_heldout[_draw_heldout(images, kept, heldout_fraction, seed)] = True
    else:
        is_heldout = images.is_heldout
    training, heldout = kept[~is_heldout[kept]], kept[is_heldout[kept]]
    shares_picture = _share_picture(images, training, heldout)
    training = training[~shares_picture]
    duplicates["across"] += int(shares_picture.sum())
    if needs_every_class:
        _check_classes(images, kept, training, heldout)
    if not len(training) or not len(heldout):
        raise UserError(
            f"images: the split gives {len(training)} training and {len(heldout)} held-out images of {len(images)}, "
            f"{len(kept)} without duplicates; both sets need at least one. {_advice(images)}"
        )
    report = {
        "train": len(training),
        "heldout": len(heldout),
        "split_by": "seed" if images.is_heldout is None else "source",
        "is_stratified": images.is_heldout is None and images.labels is not None,
        "duplicates_removed": duplicates,
    }
    return images.take(training), images.take(heldout), report


def _check_classes(
    images: ImageSet, kept: NDArray[np.int64], training: NDArray[np.int64], heldout: NDArray[np.int64]
) -> None:
    assert images.labels is not None  # noqa: S101  domains have labels
    for label, name in enumerate(images.class_names):
        found, left, train, held = (
            int((labels == label).sum())
            for labels in (images.labels, *(images.labels[part] for part in (kept, training, heldout)))
        )
        if not train or not held:
            raise UserError(
                f"images.path: the split gives {train} training and {held} held-out images of the domain {name}, which "
                f"has {found} images, {left} without duplicates; it needs at least one of each. {_advice(images)}"
            )


def _advice(images: ImageSet) -> str:
    if images.is_heldout is not None:
        return (
            "The source gives the split, and images on both sides count as held out. Add other images to the side that "
            "has none, or raise images.limit."
        )
    return (
        "To hold one out, 2 different images of a class or domain, or 2 pairs without a common picture, are needed. "
        "Add some, or raise images.limit."
    )


def _without_duplicates(images: ImageSet) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Returns the sorted indices of the images to keep, and the number of duplicates dropped from each set."""
    is_heldout = np.zeros(len(images), dtype=np.bool_) if images.is_heldout is None else images.is_heldout
    duplicates = {"train": 0, "heldout": 0, "across": 0}
    heldout_by_digest: dict[bytes, bool] = {}
    kept = []
    # Held-out images are visited first, so that their copies are kept.
    for position in np.argsort(~is_heldout, kind="stable"):
        digest = b"".join(_digests(images, position))
        side = bool(is_heldout[position])
        if digest not in heldout_by_digest:
            heldout_by_digest[digest] = side
            kept.append(position)
        elif heldout_by_digest[digest] != side:
            duplicates["across"] += 1
        else:
            duplicates["heldout" if side else "train"] += 1
    return np.sort(np.array(kept, dtype=np.int64)), duplicates


def _share_picture(images: ImageSet, training: NDArray[np.int64], heldout: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Returns which training pairs have a picture, as image or partner, that a held-out pair has."""
    if images.partners is None:
        return np.zeros(len(training), dtype=np.bool_)
    held = {digest for position in heldout for digest in _digests(images, position)}
    return np.array([not held.isdisjoint(_digests(images, position)) for position in training], dtype=np.bool_)


def _digests(images: ImageSet, position: int) -> tuple[bytes, ...]:
    """Returns the digest of an image, and that of its partner if it has one."""
    pixels = images.pixels
    image = pixels.bytes_at(position) if isinstance(pixels, StoredPixels) else pixels[position]
    pictures = (image,) if images.partners is None else (image, images.partners[position])
    return tuple(hashlib.blake2b(picture.tobytes(), digest_size=16).digest() for picture in pictures)


def _draw_heldout(images: ImageSet, kept: NDArray[np.int64], fraction: float, seed: int) -> NDArray[np.int64]:
    """Returns the indices to hold out: the fraction of each class with two or more images, at least one and not all."""
    generator = random_generator(seed, "split")
    labels = np.zeros(len(kept), dtype=np.int64) if images.labels is None else images.labels[kept]
    drawn = [np.empty(0, dtype=np.int64)]
    for label in np.unique(labels):
        members = kept[labels == label]
        count = int(np.clip(np.floor(fraction * len(members) + 0.5), 1, max(len(members) - 1, 1)))
        if len(members) > 1:
            drawn.append(generator.permutation(members)[:count])
    return np.concatenate(drawn)
