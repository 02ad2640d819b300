"""Training and held-out images without a common picture."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import random_generator


def split_images(images: ImageSet, heldout_fraction: float, seed: int) -> tuple[ImageSet, ImageSet, dict[str, Any]]:
    """Divides images into training and held-out images; no picture is in both, and none twice in either.

    Of pictures that are equal in every pixel only the first is kept; where one occurs on both sides of the source's own
    split, the held-out one is. The source's own split is used where it has one. Otherwise a seeded share of each class
    is held out, so that every class with two pictures or more is on both sides; a class of one goes to training.

    Args:
        images: Images with or without labels; those on the disk are divided there.
        heldout_fraction: Share of each class to hold out, in (0, 1).
        seed: Decides which.

    Returns:
        Training images, held-out images (both in their original order), and a report of plain JSON values: ``train``,
        ``heldout``, ``split_by`` (``source`` or ``seed``), ``is_stratified``, and ``duplicates_removed`` within
        ``train``, within ``heldout``, and ``across`` the two (dropped from training); where the source has no split of
        its own, all count as ``train``.

    Raises:
        UserError: Training or held-out images would be empty, or the disk is full.
    """
    kept, duplicates = _without_duplicates(images)
    if images.is_heldout is None:
        is_heldout = np.zeros(len(images), dtype=np.bool_)
        is_heldout[_drawn(images, kept, heldout_fraction, seed)] = True
    else:
        is_heldout = images.is_heldout
    training, heldout = kept[~is_heldout[kept]], kept[is_heldout[kept]]
    if not len(training) or not len(heldout):
        raise UserError(
            f"images: {len(training)} for training and {len(heldout)} held out, of {len(images)} images with "
            f"{len(kept)} different pictures; both need at least one. Give more images, or raise images.limit or "
            f"change images.heldout_fraction, which is {heldout_fraction:g}."
        )
    report = {
        "train": len(training),
        "heldout": len(heldout),
        "split_by": "seed" if images.is_heldout is None else "source",
        "is_stratified": images.is_heldout is None and images.labels is not None,
        "duplicates_removed": duplicates,
    }
    return images.take(training), images.take(heldout), report


def _without_duplicates(images: ImageSet) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Returns the sorted positions of the pictures to keep, and how many were dropped from where."""
    is_heldout = np.zeros(len(images), dtype=np.bool_) if images.is_heldout is None else images.is_heldout
    duplicates = {"train": 0, "heldout": 0, "across": 0}
    picture = images.pixels.bytes_at if isinstance(images.pixels, StoredPixels) else images.pixels.__getitem__
    owners: dict[bytes, bool] = {}
    kept = []
    # Held-out pictures come first, so that theirs is the copy that stays.
    for position in np.argsort(~is_heldout, kind="stable"):
        digest = hashlib.blake2b(picture(position).tobytes(), digest_size=16).digest()
        side = bool(is_heldout[position])
        if digest not in owners:
            owners[digest] = side
            kept.append(position)
        elif owners[digest] != side:
            duplicates["across"] += 1
        else:
            duplicates["heldout" if side else "train"] += 1
    return np.sort(np.array(kept, dtype=np.int64)), duplicates


def _drawn(images: ImageSet, kept: NDArray[np.int64], fraction: float, seed: int) -> NDArray[np.int64]:
    """Returns the positions to hold out: of each class its share, at least one and not all."""
    generator = random_generator(seed, "split")
    labels = np.zeros(len(kept), dtype=np.int64) if images.labels is None else images.labels[kept]
    drawn = [np.empty(0, dtype=np.int64)]
    for label in np.unique(labels):
        members = kept[labels == label]
        share = int(np.clip(np.floor(fraction * len(members) + 0.5), 1, max(len(members) - 1, 1)))
        if len(members) > 1:
            drawn.append(generator.permutation(members)[:share])
    return np.concatenate(drawn)
