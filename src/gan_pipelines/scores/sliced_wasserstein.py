"""The sliced Wasserstein distance between small patches of real and generated pictures, at several sizes.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", 2018. A
Laplacian pyramid (Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code", 1983) splits each picture into
levels of detail; in each level, random patches are compared along random directions (Rabin et al., "Wasserstein
Barycenter and Its Application to Texture Mixing", 2011). It needs no network. Real and generated patches are
normalised separately, which hides wrong brightness, colour and contrast: read it beside a Frechet distance.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.training.randomness import random_generator

SMALLEST_SIDE = 16
"""Smallest side in pixels of a level of the pyramid, and so of a picture."""

PATCH_SIDE = 7
PATCHES = 128
"""Number of patches of each picture and level."""

DIRECTIONS = 4 * 128

_SCALE = 1000.0
_DIRECTIONS_AT_ONCE = 16
_VALUES_AT_ONCE = 2**20
_LEAST_DEVIATION = 1e-6  # gray levels; below it, all patches are of one colour
_WEIGHTS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)

Pictures = NDArray[np.uint8] | StoredPixels
"""``(pictures, height, width, channels)``, uint8 in memory or on the disk."""


@dataclass(frozen=True)
class SlicedWassersteinDistance:
    """The distance of each level of the pyramid, 0 for equal patches, and their mean.

    Args:
        mean: Mean over the levels.
        levels: Distance by the size of the level in pixels (see ``PyramidLevel.name``), the finest first.
        pictures: Number of pictures compared of each set.
    """

    mean: float
    levels: Mapping[str, float]
    pictures: int


@dataclass(frozen=True)
class PyramidLevel:
    """A level of a Laplacian pyramid.

    Args:
        halvings: Number of times that the picture is halved; 0 for the finest level.
        height: Height of the level in pixels.
        width: Width of the level in pixels.
        is_coarsest: Whether it is the remaining low-pass picture; other levels are what one more halving loses.
    """

    halvings: int
    height: int
    width: int
    is_coarsest: bool

    @property
    def name(self) -> str:
        """The side in pixels, such as ``64``; of other than square pictures height and width, such as ``48x64``."""
        return f"{self.height}" if self.height == self.width else f"{self.height}x{self.width}"


def pyramid_levels(height: int, width: int) -> list[PyramidLevel]:
    """Returns the levels of the pyramid, the finest first.

    Pictures are halved while both sides are even and remain at least 16 pixels: 64, 32 and 16 pixels for pictures of 64
    as in the paper; 96, 48 and 24 for 96; 28 alone, the picture itself, for 28.

    Args:
        height: Height of the pictures in pixels.
        width: Width of the pictures in pixels.

    Raises:
        ValueError: If a side has fewer than 16 pixels.
    """
    reason = reason_too_small(height, width)
    if reason:
        raise ValueError(reason)
    sizes = [(height, width)]
    while not any(side % 2 for side in sizes[-1]) and min(sizes[-1]) // 2 >= SMALLEST_SIDE:
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    return [PyramidLevel(place, *size, is_coarsest=place + 1 == len(sizes)) for place, size in enumerate(sizes)]


def reason_too_small(height: int, width: int) -> str | None:
    """Returns the reason why pictures of this size have no sliced Wasserstein distance; None if they have one."""
    if min(height, width) >= SMALLEST_SIDE:
        return None
    return (
        f"The sliced Wasserstein distance needs pictures of at least {SMALLEST_SIDE}x{SMALLEST_SIDE} pixels; they have "
        f"{height}x{width}."
    )


def sliced_wasserstein_distance(
    real: Pictures, generated: Pictures, most_pictures: int = 1000, seed: int = 0
) -> SlicedWassersteinDistance:
    """Returns the sliced Wasserstein distance between two sets of pictures.

    Args:
        real: ``(pictures, height, width, channels)``, uint8.
        generated: The same; the number of pictures may differ.
        most_pictures: See ``sliced_wasserstein_distances``.
        seed: See ``sliced_wasserstein_distances``.

    Raises:
        ValueError: See ``sliced_wasserstein_distances``.
    """
    return sliced_wasserstein_distances(real, {"generated": generated}, most_pictures, seed)["generated"]


def sliced_wasserstein_distances(
    real: Pictures, sets: Mapping[str, Pictures], most_pictures: int = 1000, seed: int = 0
) -> dict[str, SlicedWassersteinDistance]:
    """Returns the sliced Wasserstein distance of each of several sets of pictures to the same real ones.

    For each level: 128 patches of 7x7 pixels of each picture, at places that the pictures of all sets share in their
    order, so that equal sets have the distance 0; each channel of all patches of a set with mean 0 and standard
    deviation 1; and 1000 x the mean absolute difference of the sorted projections on 512 random directions. It falls
    with the number of pictures, so compare at equal numbers. One level at a time is in memory: with 1,000 pictures in
    three colours, 75 MB for each set.

    Args:
        real: ``(pictures, height, width, channels)``, uint8.
        sets: Sets to compare with them, by name; the numbers of pictures may differ.
        most_pictures: Maximum number of pictures of each set, drawn without replacement; at most those of the smallest
            set.
        seed: Seed of the drawn pictures, of the places of the patches and of the directions.

    Raises:
        ValueError: If pictures are not uint8 ``(pictures, height, width, channels)``, the sets differ in the shape of
            their pictures, a side has fewer than 16 pixels, or there are no pictures.
    """
    _check_shapes(real, sets)
    count = min(most_pictures, len(real), *map(len, sets.values()))
    if count < 1:
        raise ValueError(f"At least 1 picture of each set must be compared, not {count:,}.")
    drawn = [_drawn(pictures, count, seed) for pictures in (real, *sets.values())]
    found: dict[str, dict[str, float]] = {name: {} for name in sets}
    for level in pyramid_levels(*drawn[0].shape[1:3]):
        patches = [normalised_patches(pictures, level, seed) for pictures in drawn]
        distances = _distances(patches[0], patches[1:], seed, level.name)
        for levels, distance in zip(found.values(), distances, strict=True):
            levels[level.name] = float(distance)
    return {
        name: SlicedWassersteinDistance(float(np.mean([*levels.values()])), levels, count)
        for name, levels in found.items()
    }


def laplacian_level(pictures: NDArray[np.floating], level: PyramidLevel) -> NDArray[np.float32]:
    """Returns one level of the Laplacian pyramid of each picture.

    Args:
        pictures: ``(pictures, height, width, channels)``.
        level: One of ``pyramid_levels``.

    Returns:
        ``(pictures, level height, level width, channels)``: the low-pass picture for the coarsest level; for others
        the difference to the next level enlarged, around 0.
    """
    low = pictures.astype(np.float32)
    for _ in range(level.halvings):
        low = _halved(low)
    return low if level.is_coarsest else low - _doubled(_halved(low))


def normalised_patches(pictures: NDArray[np.uint8], level: PyramidLevel, seed: int) -> NDArray[np.float32]:
    """Returns 128 patches of one level of each picture, each channel with mean 0 and deviation 1 over all of them.

    A channel of one colour only becomes 0.

    Args:
        pictures: ``(pictures, height, width, channels)``, uint8.
        level: One of ``pyramid_levels``.
        seed: Seed of the places; they depend on the place of the picture in the set, not on its content.

    Returns:
        ``(pictures * 128, channels * 49)``.
    """
    images, channels = len(pictures), pictures.shape[-1]
    random = random_generator(seed, f"sliced Wasserstein patches/{level.name}")
    rows = random.integers(0, level.height - PATCH_SIDE + 1, (images, PATCHES))
    columns = random.integers(0, level.width - PATCH_SIDE + 1, (images, PATCHES))
    patches = np.empty((images, PATCHES, channels, PATCH_SIDE, PATCH_SIDE), np.float32)
    for chunk in _chunks(images, _VALUES_AT_ONCE // pictures[0].size):
        band = laplacian_level(pictures[chunk].astype(np.float32), level)
        windows = np.lib.stride_tricks.sliding_window_view(band, (PATCH_SIDE, PATCH_SIDE), axis=(1, 2))
        patches[chunk] = windows[np.arange(len(band))[:, np.newaxis], rows[chunk], columns[chunk]]
    for channel in range(channels):
        values = patches[:, :, channel]
        values -= values.mean(dtype=np.float64)
        deviation = float(np.sqrt(np.square(values).mean(dtype=np.float64)))
        values *= 0 if deviation < _LEAST_DEVIATION else 1 / deviation
    return patches.reshape(images * PATCHES, -1)


def _distances(
    real: NDArray[np.float32], sets: list[NDArray[np.float32]], seed: int, level: str
) -> NDArray[np.float64]:
    """Returns the distance of the patches of each set ``(sets,)`` to real ones, all ``(patches, values)``."""
    random = random_generator(seed, f"sliced Wasserstein directions/{level}")
    directions = random.standard_normal((DIRECTIONS, real.shape[1]), dtype=np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    totals = np.zeros(len(sets))
    for chunk in _chunks(DIRECTIONS, _DIRECTIONS_AT_ONCE):
        expected = _sorted_projections(directions[chunk], real)
        for place, patches in enumerate(sets):
            differences = _sorted_projections(directions[chunk], patches)
            differences -= expected
            totals[place] += np.abs(differences, out=differences).sum(dtype=np.float64)
    return totals * (_SCALE / (DIRECTIONS * len(real)))


def _sorted_projections(directions: NDArray[np.float32], patches: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the projections of all patches, sorted for each direction, ``(directions, patches)``."""
    projections: NDArray[np.float32] = directions @ patches.T
    projections.sort(axis=1)
    return projections


def _halved(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns every second pixel of the pictures after a binomial blur (1, 4, 6, 4, 1), mirrored at the edges."""
    return _halved_rows(_halved_rows(pictures).swapaxes(1, 2)).swapaxes(1, 2)


def _halved_rows(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    height = pictures.shape[1]
    padded = np.pad(pictures, ((0, 0), (2, 2), (0, 0), (0, 0)), mode="reflect")
    parts = (np.float32(weight) * padded[:, start : start + height : 2] for start, weight in enumerate(_WEIGHTS))
    return np.asarray(sum(parts))


def _doubled(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the pictures with zeros between their pixels, blurred as in ``_halved`` and four times as bright."""
    return _doubled_rows(_doubled_rows(pictures).swapaxes(1, 2)).swapaxes(1, 2)


def _doubled_rows(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    # In the enlarged picture, the row before the first is mirrored to the second, that after the last to the last.
    padded = np.concatenate([pictures[:, 1:2], pictures, pictures[:, -1:]], axis=1)
    before, here, after = padded[:, :-2], padded[:, 1:-1], padded[:, 2:]
    both = np.stack([(before + 6 * here + after) / 8, (here + after) / 2], axis=2)
    return both.reshape(len(pictures), -1, *pictures.shape[2:])


def _drawn(pictures: Pictures, count: int, seed: int) -> NDArray[np.uint8]:
    """Returns ``count`` pictures in memory; equal sets give equal pictures."""
    chosen = np.arange(count)
    if count < len(pictures):
        random = random_generator(seed, "sliced Wasserstein pictures")
        chosen = np.sort(random.choice(len(pictures), count, replace=False))
    return pictures.bytes_at(chosen) if isinstance(pictures, StoredPixels) else pictures[chosen]


def _chunks(count: int, size: int) -> Iterator[slice]:
    size = max(1, size)
    return (slice(start, start + size) for start in range(0, count, size))


def _check_shapes(real: Pictures, sets: Mapping[str, Pictures]) -> None:
    for pictures in (real, *sets.values()):
        dtype = np.dtype(np.uint8) if isinstance(pictures, StoredPixels) else pictures.dtype
        if pictures.ndim != 4 or dtype != np.uint8 or pictures.shape[1:] != real.shape[1:] or 0 in pictures.shape[1:]:
            raise ValueError(
                "Pictures must be uint8 (pictures, height, width, channels) of one size and number of channels, not "
                f"{dtype} {pictures.shape} beside {real.shape}."
            )
